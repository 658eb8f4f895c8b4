import type { Instant } from "../../core/instant.ts";
import { listed } from "../../core/listed.ts";
import { instantOf } from "../../core/policy/calendar.ts";
import type { FreezeTime } from "../../core/policy/schedule.ts";
import type { LocalTime } from "../../core/policy/window.ts";
import { type Draft, goodOf, goodOr, inForce } from "../draft.ts";
import type { Path, Say } from "../problem.ts";
import { FirstOpening, LOOK_AHEAD_DAYS } from "./first-opening.ts";

/** Freezes that end before they begin; windows that never open, or only while a freeze forbids it. */
export function checkSchedules(draft: Draft, now: Instant | null, say: Say): void {
  draft.freezes.forEach((freeze, index) => {
    const [from, to] = [goodOf(freeze.from), goodOf(freeze.to)];
    if (from === undefined || to === undefined || sortKey(from) < sortKey(to)) return;
    say(["freezes", index, "to"], "must be later than from");
  });
  const zone = goodOf(draft.timeZone);
  if (zone === undefined) return;
  const first = new FirstOpening(zone);
  draft.pools.forEach((_, index) => {
    checkPool(draft, { index, freezes: freezesOf(draft, index, zone), first, now }, say);
  });
}

/** Local times in their order; the numbers mean nothing else. */
function sortKey({ date, time }: LocalTime): number {
  const days = (date.year * 12 + date.month) * 31 + date.day;
  return (days * 24 + time.hour) * 60 + time.minute;
}

/** Those of the pool that are well-formed. */
function freezesOf(draft: Draft, index: number, zone: string): readonly FreezeTime[] {
  const instant = ({ date, time }: LocalTime): Instant => instantOf(date, time, zone);
  return draft.freezes.flatMap((freeze) => {
    const [name, from, to] = [goodOf(freeze.name), goodOf(freeze.from), goodOf(freeze.to)];
    const pools = goodOr(freeze.pools, null);
    if (name === undefined || from === undefined || to === undefined || pools === undefined) return [];
    const isFor = pools === null || pools.includes(nameOf(draft, index));
    return isFor ? [{ name, opens: instant(from), closes: instant(to) }] : [];
  });
}

interface Checked {
  readonly index: number;
  readonly freezes: readonly FreezeTime[];
  readonly first: FirstOpening;
  readonly now: Instant | null;
}

function checkPool(draft: Draft, { index, freezes, first, now }: Checked, say: Say): void {
  const { part, path } = inForce(draft, index, "windows");
  const windows = goodOf(part);
  if (windows === undefined || goodOr(inForce(draft, index, "mode").part, "approval") === "observe") return;
  const starts = now === null ? freezes.map(({ opens }) => opens) : [now];
  const whose = whoseWindows(draft, index, path);
  if (!first.isThere(windows, [], starts[0] ?? 0)) {
    say(path, `${whose} never open`);
    return;
  }
  const start = starts.find((from) => !first.isThere(windows, freezes, from));
  if (start === undefined) return;
  const enough = freezes.find((freeze) => !first.isThere(windows, [freeze], start));
  const names = listed((enough === undefined ? freezes : [enough]).map(({ name }) => name));
  say(path, `for ${LOOK_AHEAD_DAYS} days ${whose} open only while a freeze forbids it: ${names}`);
}

const whoseWindows = (draft: Draft, index: number, path: Path): string =>
  path[0] === "defaults" ? `the windows of ${nameOf(draft, index) ?? "a pool"}` : "they";

function nameOf(draft: Draft, index: number): string | null {
  const pool = draft.pools[index];
  return (pool === undefined ? null : goodOf(pool.name)) ?? null;
}
