import { DAY, type Duration, type Instant, MINUTE } from "../../core/instant.ts";
import { instantOf, localDate, wallTime } from "../../core/policy/calendar.ts";
import { type ReplyPlace, type Unclear, unclear } from "./asked-back.ts";
import { CONNECTORS, nodeBy } from "./nodes.ts";
import { isEmpty, mayTakeBack, REASON_MOST } from "./reason.ts";
import { isLength, leadingTime, parseUntil, type TimePlace, type Until } from "./times.ts";
import { bare, type Command, isNegated, politeEndCut, wordsOf } from "./words.ts";

/** A freeze that somebody wants in the policy; both times are whole minutes. */
export interface FreezeWish {
  readonly kind: "freeze";
  /** Null for all of them. */
  readonly pools: readonly string[] | null;
  readonly from: Instant;
  readonly until: Instant;
  readonly reason: string | null;
}

const LONGEST: Duration = 366 * DAY;
const TIMES = ["until mon 09:00", "for 2 days"];

/** What was not understood. Talk begins with the same word, so only what can't be that is asked back to everybody. */
interface Doubt extends Unclear {
  readonly mayBeTalk: boolean;
}

const doubt = (says: string, mayBeTalk: boolean, before: string | null = null): Doubt => ({
  ...unclear(`Nothing was decided. ${says}`, before === null ? [] : TIMES.map((time) => `freeze${before} ${time}`)),
  mayBeTalk,
});

/** "freeze workers from fri 18:00 until mon 09:00: etcd upgrade" */
export function freeze(command: Command, more: readonly string[], place: ReplyPlace): FreezeWish | Unclear | "talk" {
  const parts = partsOf(command.rest);
  const pools = poolsIn(parts.whom, place);
  // "freeze: etcd upgrade" says why, as it may for a pause.
  const isReason = command.hasColon && parts.by === null && parts.from === null;
  if ("says" in pools) return asked(isReason ? doubt("Say until when.", false, "") : pools, place);
  const times = timesIn(parts, pools.names, place);
  if ("says" in times) return asked(times, place);
  const reason = reasonIn({ parts, said: times.rest, more }, place);
  if (reason !== null && typeof reason === "object") return asked(reason, place);
  return { kind: "freeze", pools: pools.names, from: times.from, until: times.until, reason };
}

const asked = ({ mayBeTalk, ...rest }: Doubt, { isAddressed }: ReplyPlace): Unclear | "talk" =>
  mayBeTalk && !isAddressed ? "talk" : rest;

interface Parts {
  /** What stands before the times. */
  readonly whom: string;
  readonly from: string | null;
  /** The word before the end. */
  readonly by: string | null;
  /** The end, and without a colon the reason after it. */
  readonly tail: string;
  /** Behind a colon or a dash; null where there is none. */
  readonly reason: string | null;
}

/** A colon in a time has no blank behind it. */
const COLON = /:(?=\s|$)|\s[–—-](?=\s)/;
const KEYS = /(?:^|\s)(from|until|till|til|to|for)(?=\s|$)/gi;

function partsOf(rest: string): Parts {
  // "freeze workers: until mon" has its colon too early.
  const text = politeEndCut(rest).replace(/^([^:]*):(?=\s+(?:from|until|till|til|for)\s)/i, "$1");
  const colon = COLON.exec(text);
  const said = colon === null ? text : text.slice(0, colon.index);
  const reason = colon === null ? null : text.slice(colon.index + colon[0].length).trim();
  const keys = [...said.matchAll(KEYS)].map(({ 0: whole, 1: word = "", index }) => {
    return { word: word.toLowerCase(), index, end: index + whole.length };
  });
  const [first] = keys;
  if (first === undefined && lengthAt(said) !== null) return { whom: "", from: null, by: "for", tail: said, reason };
  const from = first?.word === "from" ? first : null;
  const by = from === null ? first : keys.find(({ word, index }) => index >= from.end && word !== "from");
  const between = from === null ? null : said.slice(from.end, by?.index).trim();
  return {
    whom: said.slice(0, first?.index),
    from: between,
    by: by?.word ?? null,
    tail: by === undefined ? "" : said.slice(by.end).trim(),
    reason,
  };
}

const ALL: ReadonlySet<string> = new Set(["all", "everything", "everywhere", "reboots", "cluster"]);
const PASSED_OVER: ReadonlySet<string> = new Set(["pool", "pools", "the", "of", "in", "on", "now"]);

function poolsIn(whom: string, place: ReplyPlace): { readonly names: readonly string[] | null } | Doubt {
  const names = new Set<string>();
  for (const word of wordsOf(whom)) {
    if (place.pools.includes(word)) names.add(word);
    else if (!CONNECTORS.has(word) && !PASSED_OVER.has(word) && !ALL.has(word)) return noSuchPool(word, place);
  }
  return { names: names.size === 0 ? null : [...names] };
}

function noSuchPool(word: string, { nodes, pools }: ReplyPlace): Doubt {
  const isNode = nodeBy(word, nodes).kind !== "other";
  if (isNode) return doubt(`A freeze is of pools. To leave a node out, say skip ${word} until <time>.`, false);
  return doubt(`The policy has no pool ${word}; it has ${pools.join(", ")}.`, true);
}

interface Times {
  readonly from: Instant;
  readonly until: Instant;
  readonly rest: string;
}

function timesIn(parts: Parts, pools: readonly string[] | null, place: ReplyPlace): Times | Doubt {
  const before = pools === null ? "" : ` ${pools.join(" and ")}`;
  const { by, tail, reason } = parts;
  // People say "freeze to death" and "freeze for a while" of other things.
  const mayBeTalk = by === null ? parts.from !== null : !/^un|^ti/.test(by);
  if (tail.includes("?")) return doubt("Say until when.", true, before);
  const from = beginOf(parts.from, place);
  if (typeof from === "string") return doubt(from, mayBeTalk, before);
  if (by === null || tail === "") return doubt("Say until when.", mayBeTalk, before);
  const { until, rest } = endOf(by, tail, { from, hasReason: reason !== null }, place);
  if (until.kind === "unclear") return doubt(until.says, mayBeTalk, before);
  const end = Math.ceil(until.at / MINUTE) * MINUTE;
  if (end <= from) return doubt("That would end before it begins.", false, before);
  if (end - from > LONGEST) return doubt("A freeze that is asked for here lasts a year at most.", false, before);
  return { from, until: end, rest };
}

/** Now where nothing else is said; what is wrong with it as a sentence. */
function beginOf(said: string | null, place: ReplyPlace): Instant | string {
  const { zone, now } = place;
  // The first of two equal times, since the policy can't say the second.
  if (said === null || /^now$/i.test(said)) return instantOf(localDate(now, zone), wallTime(now, zone), zone);
  const from = parseUntil(said, place);
  return from.kind === "at" ? Math.floor(from.at / MINUTE) * MINUTE : from.says;
}

type End = ReturnType<typeof leadingTime>;

function endOf(
  by: string,
  tail: string,
  { from, hasReason }: { readonly from: Instant; readonly hasReason: boolean },
  place: ReplyPlace,
): End {
  const read = (at: TimePlace): End => (hasReason ? { until: parseUntil(tail, at), rest: "" } : leadingTime(tail, at));
  const { zone, now } = place;
  if (by === "for") return lengthIn(tail, hasReason, { zone, now: Math.max(from, now) });
  const end = read(place);
  if (end.until.kind === "at" && end.until.at > from) return end;
  // "from tue until mon" is that tuesday's next monday.
  const later = read({ zone, now: from });
  const isNext = later.until.kind === "at" && later.until.at - from <= WEEK;
  return isNext ? later : end;
}

const WEEK: Duration = 8 * DAY;

/** "2 days etcd upgrade" */
function lengthIn(tail: string, hasReason: boolean, place: TimePlace): End {
  const length = lengthAt(tail);
  const rest = tail.slice(length?.length ?? 0);
  if (length === null || (hasReason && rest.trim() !== "")) return { until: NO_LENGTH, rest: "" };
  return { until: parseUntil(bare(length), place), rest };
}

/** The length that a text begins with: "2 days", or "3d". */
const lengthAt = (text: string): string | null =>
  [/^\s*\S+\s+\S+/, /^\s*\S+/].flatMap((words) => words.exec(text)?.[0] ?? []).find((said) => isLength(bare(said))) ??
  null;

const NO_LENGTH: Until = { kind: "unclear", says: "Say for how long: for 2 days, or for 12 hours." };

/** Words that go on with the times, or take them back: a reason does not begin with them. */
const GOES_ON = /^(?:or|and|but|if|unless|except|only|maybe|perhaps|not|at least|without|in|on|of)(?![\w-])/i;

interface Behind {
  readonly parts: Parts;
  /** What follows the times, without a colon. */
  readonly said: string;
  readonly more: readonly string[];
}

/** Null where none was given. */
function reasonIn({ parts, said, more }: Behind, { pools }: ReplyPlace): string | null | Doubt {
  const behind = parts.reason ?? said.replace(/^[\s,;]+/, "");
  const text = [behind, ...more].join(" ").trim();
  if (isEmpty(text)) return null;
  if (text.length > REASON_MOST) return doubt(`Say the reason in ${REASON_MOST} characters at most.`, false);
  const isUnsure =
    mayTakeBack(text) ||
    (parts.reason === null &&
      (GOES_ON.test(text) ||
        isNegated(text) ||
        text.includes("?") ||
        wordsOf(text).some((word) => pools.includes(word))));
  return isUnsure ? unsure(text) : text;
}

const unsure = (text: string): Doubt =>
  doubt(
    `I can't tell whether “${text.slice(0, 80)}” is the reason. Say it behind a colon: freeze until mon 09:00: <reason>.`,
    false,
  );
