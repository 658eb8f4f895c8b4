import { casual, type ParsedComponents } from "chrono-node";
import { DateTime, FixedOffsetZone } from "luxon";
import { VERBS, type Verb } from "../core/fleet/decision.ts";
import type { NodeName } from "../core/fleet/node.ts";
import type { Instant } from "../core/instant.ts";

/** What a thread reply asks for; null for plain talk. */
export type Reply =
  | {
      readonly kind: "decide";
      readonly verb: Verb;
      readonly nodes: readonly NodeName[];
      readonly reason: string | null;
      readonly until: Instant | null;
    }
  | { readonly kind: "unclear"; readonly says: string }
  | null;

export interface ReplyPlace {
  /** The nodes on the card. */
  readonly nodes: readonly NodeName[];
  /** An IANA zone: "mon 09:00" is meant there. */
  readonly zone: string;
  readonly now: Instant;
}

const MENTION = /^\s*<@[A-Z0-9]+>\s*/;
/** The word alone: talk of a "force-push" or of "force's" must not count as a force. */
const VERB = /^(approve\s+now|approve|force|skip|retry|move|adopt|keep|release|withdraw)(?![\w'’-])\s*(.*)$/is;

const commandIn = (text: string): RegExpExecArray | null => VERB.exec(plain(text.replace(MENTION, "")).trim());

/** Whether it is worth to look up which card the thread is of. */
export const isCommand = (text: string): boolean => commandIn(text) !== null;

export function parseReply(text: string, place: ReplyPlace): Reply {
  const match = commandIn(text);
  const verb = verbOf(match?.[1]);
  if (match === null || verb === null) return null;
  const { nodes, rest } = takeNodes((match[2] ?? "").trim(), place.nodes);
  if (nodes === null)
    return {
      kind: "unclear",
      says: `This card is about ${place.nodes.join(", ")}. Name one of them, or none for all.`,
    };
  switch (verb) {
    case "approve":
      if (rest.toLowerCase() === "now") return { kind: "decide", verb: "now", nodes, reason: null, until: null };
      return rest === "" ? { kind: "decide", verb, nodes, reason: null, until: null } : aside(verb);
    case "now":
    case "retry":
    case "move":
      return rest === "" ? { kind: "decide", verb, nodes, reason: null, until: null } : aside(verb);
    // Sentences begin with these words, too.
    case "adopt":
    case "keep":
    case "release":
    case "withdraw":
      return rest === "" ? { kind: "decide", verb, nodes, reason: null, until: null } : null;
    case "pause":
    case "resume":
      return null;
    case "reboot":
      return { kind: "decide", verb, nodes, reason: rest === "" ? null : rest, until: null };
    case "force":
      return rest === ""
        ? { kind: "unclear", says: "Say why: force <reason>." }
        : { kind: "decide", verb, nodes, reason: rest, until: null };
    case "skip":
      return skip(nodes, rest, place);
    default:
      return verb satisfies never;
  }
}

/** "approve, but not today" must not count as a yes. */
function aside(verb: Verb): Reply {
  const words = verb === "now" ? "approve now" : verb;
  const says = `Nothing was done. To ${words}, reply with ${words} alone, or with a node's name after it.`;
  return { kind: "unclear", says };
}

function verbOf(words: string | undefined): Verb | null {
  const said = words?.toLowerCase().replace(/^approve\s+/, "");
  return VERBS.find((verb) => verb === said) ?? null;
}

/** Slack sends three characters escaped. */
const plain = (text: string): string => text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");

/** Leading names of nodes, whole or as the end of one ("01"); null when a word looks like one and is none. */
function takeNodes(
  text: string,
  all: readonly NodeName[],
): { readonly nodes: readonly NodeName[] | null; readonly rest: string } {
  const named: NodeName[] = [];
  let rest = text;
  for (;;) {
    const word = /^[^\s,]+/.exec(rest)?.[0] ?? "";
    const node = nodeOf(word, all);
    if (node === null) {
      if (looksLikeNode(word, all)) return { nodes: null, rest };
      return { nodes: named.length === 0 ? all : [...new Set(named)], rest };
    }
    named.push(node);
    rest = rest.slice(word.length).replace(/^[\s,]+/, "");
  }
}

function nodeOf(word: string, all: readonly NodeName[]): NodeName | null {
  const exact = all.find((node) => node === word);
  if (exact !== undefined) return exact;
  const ends = /^[a-z]*-?\d+$/i.test(word) ? all.filter((node) => node.endsWith(word)) : [];
  return ends.length === 1 ? (ends[0] ?? null) : null;
}

/** Has a number, and before it the same letters as a node of the card: a slip must not mean all of them. */
function looksLikeNode(word: string, all: readonly NodeName[]): boolean {
  const stem = (name: string): string => /^\D*/.exec(name.toLowerCase())?.[0] ?? "";
  return /\d/.test(word) && stem(word) !== "" && all.some((node) => stem(node) === stem(word));
}

function skip(nodes: readonly NodeName[], rest: string, place: ReplyPlace): Reply {
  const until = parseUntil(rest.replace(/^until\s+/i, ""), place);
  if (until === null) return { kind: "unclear", says: "Say until when: skip until fri 18:00." };
  return { kind: "decide", verb: "skip", nodes, reason: null, until };
}

const AHEAD = /^(?:for\s+)?(\d+)\s*(m|min|h|hours?|d|days?)$/i;

/** chrono reads the words, luxon makes a time of them in the policy's zone; a time that is over means its next one. */
export function parseUntil(text: string, place: ReplyPlace): Instant | null {
  const { zone, now } = place;
  const ahead = AHEAD.exec(text.trim());
  if (ahead !== null) return later(Number(ahead[1]), ahead[2] ?? "h", now, zone);
  const there = DateTime.fromMillis(now, { zone });
  // chrono reckons in the process's own zone, so it is given the policy's wall clock as if it were that.
  const instant = there.toJSDate();
  const reference = { instant, timezone: there.offset };
  const [result] = casual.parse(text, reference, { forwardDate: true });
  if (result === undefined || result.text.trim().length < text.trim().length - 1) return null;
  return fromComponents(result.start, place);
}

function later(count: number, unit: string, now: Instant, zone: string): Instant {
  const there = DateTime.fromMillis(now, { zone });
  const first = unit.charAt(0).toLowerCase();
  if (first === "d") return there.plus({ days: count }).toMillis();
  return there.plus(first === "h" ? { hours: count } : { minutes: count }).toMillis();
}

function fromComponents(start: ParsedComponents, { zone, now }: ReplyPlace): Instant | null {
  const [year, month, day] = [start.get("year"), start.get("month"), start.get("day")];
  if (year === null || month === null || day === null) return null;
  // A day without an hour means its morning, not chrono's noon.
  const hour = start.isCertain("hour") ? (start.get("hour") ?? 0) : 9;
  const minute = start.isCertain("minute") ? (start.get("minute") ?? 0) : 0;
  // "18:00 UTC" is meant as it is said.
  const said = start.isCertain("timezoneOffset") ? start.get("timezoneOffset") : null;
  const local = DateTime.fromObject(
    { year, month, day, hour, minute },
    { zone: said === null ? zone : FixedOffsetZone.instance(said) },
  );
  // On a Friday night "fri 18:00" is the next Friday's, and "18:00" tomorrow's.
  const isOver = local.toMillis() <= now && !start.isCertain("day");
  return (isOver ? local.plus({ days: start.isCertain("weekday") ? 7 : 1 }) : local).toMillis();
}
