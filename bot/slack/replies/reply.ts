import type { NodeVerb, Verb } from "../../core/fleet/decision.ts";
import type { NodeName } from "../../core/fleet/node.ts";
import type { Instant } from "../../core/instant.ts";
import {
  aside,
  choicesFor,
  meantByAll,
  NAMES_MOST,
  named,
  noSuchNode,
  type ReplyPlace,
  saidAs,
  type Unclear,
  unclear,
  whichOf,
} from "./asked-back.ts";
import { type FreezeWish, freeze } from "./freeze.ts";
import { CONNECTORS, nodeBy, takeNodes } from "./nodes.ts";
import { ownLines } from "./own-lines.ts";
import { reasonIn } from "./reason.ts";
import { isLength, parseUntil } from "./times.ts";
import {
  type Command,
  commandIn,
  isNegatedCommand,
  isPolite,
  nextWord,
  politeEndCut,
  withoutPoliteEnd,
  wordsOf,
} from "./words.ts";

/** What a message asks for; null for plain talk. */
export type Reply =
  | {
      readonly kind: "decide";
      readonly verb: Verb;
      /** Empty for what is said about the whole cluster, and where the card has no node left. */
      readonly nodes: readonly NodeName[];
      readonly reason: string | null;
      readonly until: Instant | null;
    }
  | FreezeWish
  | { readonly kind: "explain"; readonly nodes: readonly NodeName[] }
  | { readonly kind: "status" }
  | { readonly kind: "help" }
  | Unclear
  | null;

/** A message of this length is talk, unless it is said to the bot. */
const READ_MOST = 4_000;

/** Whether it is worth to look up which card the thread is of. */
export function mayBeCommand(text: string): boolean {
  const lines = ownLines(text.slice(0, READ_MOST));
  const [first] = lines;
  return (
    first !== undefined && (isPolite(first) || lines.some((line) => isNegatedCommand(line) || commandIn(line) !== null))
  );
}

/** Never guesses: each word of what decides must be understood, and what is not is asked back. */
export function parseReply(text: string, place: ReplyPlace): Reply {
  if (text.length > READ_MOST)
    return place.isAddressed ? unclear("Nothing was decided: that is too long for me to read.") : null;
  const [first, ...more] = ownLines(text);
  if (first === undefined) return place.isAddressed ? { kind: "help" } : null;
  const command = commandIn(first);
  if (command === null) return notACommand(first, more, place);
  const reply = replyTo(command, more, place);
  if (reply !== "talk") return reply;
  return place.isAddressed ? unclear(NOT_UNDERSTOOD, choicesFor(place)) : null;
}

const NOT_UNDERSTOOD = "Nothing was decided: I don't understand that. Say help for what I do.";

function notACommand(first: string, more: readonly string[], place: ReplyPlace): Reply {
  if (isNegatedCommand(first))
    return unclear("Nothing was decided. What nobody approves waits by itself; to put it off, say until when.", [
      ...named(place, "skip", " until mon 09:00"),
    ]);
  const isBuried = more.some((line) => DECISIVE.has(commandIn(line)?.word ?? ""));
  if (isBuried) return unclear("Nothing was decided: I read a command only where a message begins with it.");
  if (isPolite(first) && more.every(isPolite)) return bareYes(place);
  return place.isAddressed ? unclear(NOT_UNDERSTOOD, choicesFor(place)) : null;
}

const DECISIVE: ReadonlySet<string> = new Set(["approve", "force", "skip", "retry"]);

/** "ok" under a question may be a yes, and it may be said to somebody else. */
function bareYes(place: ReplyPlace): Reply {
  if (place.isAddressed || (place.isCard && place.waves.length > 0))
    return unclear("Nothing was decided: say what you want done.", choicesFor(place));
  return null;
}

function replyTo(command: Command, more: readonly string[], place: ReplyPlace): Reply | "talk" {
  const { word } = command;
  switch (word) {
    case "approve":
      return approve(command, more, place);
    case "skip":
      return more.every(isPolite) ? skip(command, place) : oneLine("skip");
    case "force":
    case "reboot":
      return withReason(word, command, more, place);
    case "pause":
      return command.hasColon ? pauseFor(command, more) : ofTheCluster(word, command, more, place);
    case "resume":
      return ofTheCluster(word, command, more, place);
    case "freeze":
      return freeze(command, more, place);
    case "retry":
      return plainly(word, command, more, place);
    // Sentences begin with these words, too.
    case "now":
    case "move":
    case "adopt":
    case "keep":
    case "release":
    case "withdraw": {
      const reply = word === "now" ? "talk" : plainly(word, command, more, place);
      const isSentence = typeof reply === "object" && reply?.kind === "unclear" && !isNodeLike(command.rest, place);
      return isSentence && !place.isAddressed ? "talk" : reply;
    }
    case "status":
    case "help":
      return aloneOr({ ...command, rest: command.rest.replaceAll("?", " ") }, more, { kind: word });
    case "why":
    case "explain":
      return explain(command, place);
    default:
      return word satisfies never;
  }
}

const oneLine = (words: string): Unclear => unclear(`Nothing was decided. To ${words}, say that alone, on one line.`);

function aloneOr(command: Command, more: readonly string[], reply: Reply): Reply | "talk" {
  return withoutPoliteEnd(wordsOf(command.rest)).length === 0 && more.every(isPolite) ? reply : "talk";
}

/** Whether what follows begins with what may be a node: then it was no sentence. */
function isNodeLike(text: string, { nodes }: ReplyPlace): boolean {
  const words = wordsOf(text);
  return words.length === 0 || nodeBy(words[0] ?? "", nodes).kind !== "other";
}

function approve(command: Command, more: readonly string[], place: ReplyPlace): Reply {
  const words = withoutPoliteEnd(wordsOf(command.rest));
  const others = words.filter((word) => word !== "now");
  const isNow = words.length - others.length === 1;
  const verb = isNow ? "now" : "approve";
  if (words.length - others.length > 1 || !more.every(isPolite) || command.rest.includes("?"))
    return aside(verb, place);
  return strictly(verb, others, place);
}

function plainly(verb: NodeVerb, command: Command, more: readonly string[], place: ReplyPlace): Reply {
  if (!more.every(isPolite) || command.rest.includes("?")) return aside(verb, place);
  return strictly(verb, withoutPoliteEnd(wordsOf(command.rest)), place);
}

/** Words that change nothing beside a name. */
const PASSED_OVER: ReadonlySet<string> = new Set(["node", "nodes", "please", "pls", "plz"]);

/** All words must name nodes. */
function strictly(verb: NodeVerb, words: readonly string[], place: ReplyPlace): Reply {
  const nodes = new Set<NodeName>();
  let isAll = words.length === 0;
  for (const word of words.map((one) => one.replace(/:$/, ""))) {
    if (CONNECTORS.has(word) || PASSED_OVER.has(word)) continue;
    const naming = nodeBy(word, place.nodes);
    switch (naming.kind) {
      case "node":
        nodes.add(naming.node);
        break;
      case "all":
        isAll = true;
        break;
      case "several":
        return whichOf(word, naming.nodes, (node) => `${saidAs(verb)} ${node}`);
      case "unknown":
        return noSuchNode(word, place);
      case "other":
        return aside(verb, place);
      default:
        return naming satisfies never;
    }
  }
  // "approve and" and "approve nodes" name none.
  if (nodes.size === 0 && !isAll) return aside(verb, place);
  const meant = isAll ? meantByAll(verb, place, (name) => `${saidAs(verb)} ${name}`) : [...nodes];
  return "kind" in meant ? meant : { kind: "decide", verb, nodes: meant, reason: null, until: null };
}

function skip({ rest }: Command, place: ReplyPlace): Reply {
  const { named: names, trouble, rest: after } = takeNodesOfSkip(rest, place);
  if (trouble !== null && trouble.among.length === 0) return noSuchNode(trouble.word, place);
  const said = politeEndCut(trouble === null ? after : (nextWord(after)?.rest ?? "")).replace(/^:\s*/, "");
  const text = said.replace(/^(?:until|till|til|to)\s+/i, "");
  const until = text === "" || text.includes("?") ? null : parseUntil(text, place);
  const time = until?.kind === "at" ? said : "until mon 09:00";
  if (trouble !== null) return whichOf(trouble.word, trouble.among, (node) => `skip ${node} ${time}`);
  const say = (name: string, time: string): string => `skip${name === "" ? "" : ` ${name}`} ${time}`;
  const meant = names === null || names === "all" ? meantByAll("skip", place, () => null) : names;
  if ("kind" in meant) return meant;
  if (until?.kind === "at") return { kind: "decide", verb: "skip", nodes: meant, reason: null, until: until.at };
  const name = names === null || names === "all" ? "" : meant.slice(0, NAMES_MOST).join(", ");
  const why = until === null ? "Say until when." : until.says;
  return unclear(
    `Nothing was decided. ${why}`,
    ["until mon 09:00", "for 2 days"].map((time) => say(name, time)),
  );
}

/** "skip 2 hours" and "skip 24 dec" begin with a number that is no node's. */
function takeNodesOfSkip(rest: string, place: ReplyPlace): ReturnType<typeof takeNodes> {
  const taken = takeNodes(rest, place.nodes);
  // What stands before "until" is no time, though chrono reads "04 until 02:00" as one.
  const isBeforeUntil = /^\S+\s+(?:until|till|til|to)\s/i.test(rest);
  const isTime =
    !isBeforeUntil &&
    taken.named === null &&
    taken.trouble?.among.length === 0 &&
    parseUntil(politeEndCut(rest), place).kind === "at";
  return isTime || isLength(politeEndCut(rest)) ? { named: null, trouble: null, rest } : taken;
}

/** A force, and a reboot that the host does not ask for: they need a reason or a name. */
function withReason(
  verb: "force" | "reboot",
  command: Command,
  more: readonly string[],
  place: ReplyPlace,
): Reply | "talk" {
  const taken = command.hasColon
    ? { named: null, trouble: null, rest: `: ${command.rest}` }
    : takeNodes(command.rest, place.nodes);
  const isTalk = verb === "reboot" && !place.isAddressed && !(Array.isArray(taken.named) || taken.trouble !== null);
  if (isTalk) return "talk";
  const { trouble } = taken;
  if (trouble !== null && trouble.among.length === 0) return noSuchNode(trouble.word, place);
  const names = taken.named === "all" ? null : taken.named;
  if (verb === "reboot" && names === null)
    return unclear("Nothing was decided. Name the node: reboot <node>: <reason>.");
  const reason = reasonIn(verb, trouble === null ? taken.rest : (nextWord(taken.rest)?.rest ?? ""), more);
  if (trouble !== null) {
    const why = reason.kind === "reason" && reason.text !== null ? `: ${reason.text}` : null;
    return whichOf(trouble.word, trouble.among, (node) => (why === null ? null : `${verb} ${node}${why}`));
  }
  if (reason.kind === "unclear") return unclear(reason.says);
  const meant = names ?? meantByAll(verb, place, () => null);
  return "kind" in meant ? meant : { kind: "decide", verb, nodes: meant, reason: reason.text, until: null };
}

function pauseFor({ rest }: Command, more: readonly string[]): Reply {
  const reason = reasonIn("pause", `: ${rest}`, more);
  if (reason.kind === "unclear") return unclear(reason.says);
  return { kind: "decide", verb: "pause", nodes: [], reason: reason.text, until: null };
}

/** "pause all reboots now" */
const OF_ALL: ReadonlySet<string> = new Set(["all", "everything", "reboots", "now"]);

/** One who pauses a node must not believe that it is paused, nor pause all. */
function ofTheCluster(
  verb: "pause" | "resume",
  command: Command,
  more: readonly string[],
  place: ReplyPlace,
): Reply | "talk" {
  const words = wordsOf(command.rest).filter((word) => !OF_ALL.has(word));
  const alone = aloneOr({ ...command, rest: words.join(" ") }, more, {
    kind: "decide",
    verb,
    nodes: [],
    reason: null,
    until: null,
  });
  const [first] = words;
  const isOfNode = first !== undefined && nodeBy(first, place.nodes).kind !== "other";
  if (alone !== "talk" || !(place.isAddressed || isOfNode)) return alone;
  const toPause = verb === "pause" ? " To leave one out: skip <node> until <time>." : "";
  return unclear(`Nothing was decided. To ${verb} all reboots, say ${verb} alone.${toPause}`, [verb]);
}

function explain({ rest }: Command, place: ReplyPlace): Reply | "talk" {
  const words = withoutPoliteEnd(wordsOf(rest.replaceAll("?", " "))).filter((word) => word !== "is" && word !== "does");
  const namings = words
    .filter((word) => !CONNECTORS.has(word))
    .map((word) => [word, nodeBy(word, place.nodes)] as const);
  const [bad] = namings.filter(([, { kind }]) => kind === "several" || kind === "unknown");
  if (bad?.[1].kind === "several") return whichOf(bad[0], bad[1].nodes, (node) => `explain ${node}`);
  if (bad !== undefined) return noSuchNode(bad[0], place);
  const nodes = namings.flatMap(([, naming]) => (naming.kind === "node" ? [naming.node] : []));
  if (nodes.length > 0) return { kind: "explain", nodes: [...new Set(nodes)] };
  if (namings.some(([, { kind }]) => kind === "other")) return "talk";
  return place.isCard ? { kind: "explain", nodes: place.nodes } : unclear("Name the node: explain <node>.");
}
