import { casual, type ParsedComponents } from "chrono-node";
import { DateTime } from "luxon";
import type { Verb } from "../core/fleet/decision.ts";
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
const VERB = /^(approve|force|skip|retry)\b\s*(.*)$/is;

export function parseReply(text: string, place: ReplyPlace): Reply {
  const match = VERB.exec(plain(text.replace(MENTION, "")).trim());
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
    case "retry":
      return rest === "" ? { kind: "decide", verb, nodes, reason: null, until: null } : aside(verb);
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
const aside = (verb: Verb): Reply => ({
  kind: "unclear",
  says: `Nothing was done. To ${verb}, reply with ${verb} alone, or with a node's name after it.`,
});

function verbOf(word: string | undefined): Verb | null {
  const found = (["approve", "force", "skip", "retry"] as const).find((verb) => verb === word?.toLowerCase());
  return found ?? null;
}

/** Slack sends three characters escaped. */
const plain = (text: string): string => text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");

/** Leading names of nodes, whole or as the end of one ("01"); null when a word looks like one and is none. */
function takeNodes(
  text: string,
  all: readonly NodeName[],
): { readonly nodes: readonly NodeName[] | null; readonly rest: string } {
  const words = text.split(/[\s,]+/).filter((word) => word !== "");
  const named: NodeName[] = [];
  while (words.length > 0) {
    const node = nodeOf(words[0] ?? "", all);
    if (node === null) break;
    named.push(node);
    words.shift();
  }
  const isForeign = named.length === 0 && all.length > 0 && looksLikeNode(words[0] ?? "", all);
  const rest = named.length === 0 ? text : words.join(" ");
  return { nodes: isForeign ? null : named.length === 0 ? all : [...new Set(named)], rest };
}

function nodeOf(word: string, all: readonly NodeName[]): NodeName | null {
  const exact = all.find((node) => node === word);
  if (exact !== undefined) return exact;
  const ends = /^[a-z]*-?\d+$/i.test(word) ? all.filter((node) => node.endsWith(word)) : [];
  return ends.length === 1 ? (ends[0] ?? null) : null;
}

/** Shares the letters before the number with a node of the card. */
function looksLikeNode(word: string, all: readonly NodeName[]): boolean {
  const stem = (name: string): string => name.replace(/\d+$/, "");
  return /\d$/.test(word) && stem(word) !== "" && all.some((node) => stem(node) === stem(word));
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
  const local = DateTime.fromObject({ year, month, day, hour, minute }, { zone });
  if (!local.isValid) return null;
  // On a Friday night "fri 18:00" is the next Friday's, and "18:00" tomorrow's.
  const isOver = local.toMillis() <= now && !start.isCertain("day");
  return (isOver ? local.plus({ days: start.isCertain("weekday") ? 7 : 1 }) : local).toMillis();
}
