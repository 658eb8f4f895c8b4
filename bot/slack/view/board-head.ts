import type { Turn } from "../../coordinator/coordinator.ts";
import { type Pause, pauseOf } from "../../core/decide/pause.ts";
import type { Policy, Pool } from "../../core/policy/policy.ts";
import { freezeAt, nextOpening, openingAt, scheduleOf } from "../../core/policy/schedule.ts";
import { personText } from "./mentions.ts";
import { clip, escaped, named, nameText } from "./mrkdwn.ts";
import { at, overText, type Reading } from "./times.ts";
import { windowText } from "./window-text.ts";

const REASON_MOST = 500;

/** The second line: who paused everything, then the window that matters next, then the slots of the whole cluster. */
export function secondLine(turn: Turn, policy: Policy, pools: readonly Pool[], reading: Reading): string {
  const paused = pauseOf(turn.snapshot);
  const head = paused === null ? [] : [pauseText(paused, reading)];
  return [...head, ...windowLine(policy, pools, reading), slotText(turn, policy)].join(" ");
}

function pauseText({ by, reason, since }: Pause, reading: Reading): string {
  const when = since === null ? "" : ` at ${at(since, reading)}`;
  const why = reason === "" ? "no reason given" : clip(escaped(reason), REASON_MOST);
  const where = since === null ? " It stands in RebootFleet's spec, and is taken back there." : "";
  return `⏸ Paused by ${by === "" ? "someone" : personText(by)}${when}: ${why}.${where}`.replace(
    /([.!?])\.(?= |$)/,
    "$1",
  );
}

interface Times {
  readonly pool: Pool;
  /** Null while it is shut. */
  readonly closes: number | null;
  readonly opens: number | null;
}

/** The first to close of those that are open, else the first to open. */
function windowLine(policy: Policy, pools: readonly Pool[], reading: Reading): readonly string[] {
  const times = pools.filter(({ mode }) => mode !== "observe").map((pool) => timesOf(policy, pool, reading.now));
  const open = times.filter(({ closes }) => closes !== null).sort((a, b) => (a.closes ?? 0) - (b.closes ?? 0));
  const next = times.filter(({ opens }) => opens !== null).sort((a, b) => (a.opens ?? 0) - (b.opens ?? 0));
  const first = open[0] ?? next[0] ?? times[0];
  if (first === undefined) return [];
  const texts = new Set(times.map(({ pool }) => windowText(pool, policy, reading.now)));
  const whose = texts.size > 1 ? `${nameText(first.pool.name)}: ` : "";
  return [`${whose}${sentence(first, policy, reading)}`];
}

function timesOf(policy: Policy, pool: Pool, now: number): Times {
  const schedule = scheduleOf(policy, pool);
  const open = openingAt(schedule, now);
  const isFrozen = freezeAt(schedule, now) !== null;
  return { pool, closes: open?.closes ?? null, opens: isFrozen ? null : (nextOpening(schedule, now)?.opens ?? null) };
}

function sentence({ pool, closes }: Times, policy: Policy, reading: Reading): string {
  const text = windowText(pool, policy, reading.now);
  const left =
    closes === null || !Number.isFinite(closes) ? "" : ` (${overText(closes - reading.now) ?? "under 15 min"})`;
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${left}.`;
}

function slotText({ snapshot }: Turn, { maxRebooting }: Policy): string {
  const slots = snapshot.fleet?.slots ?? [];
  const users = slots.length === 0 ? "no node is under way" : named(slots.map(({ node }) => node));
  return `${maxRebooting === 1 ? "Slot" : "Slots"} ${slots.length} of ${maxRebooting}: ${users}.`;
}
