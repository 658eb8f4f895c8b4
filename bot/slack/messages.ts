import { blockersOf, nodeDigest } from "../core/decide/digest.ts";
import type { Target, Verb } from "../core/fleet/decision.ts";
import type { NodeName } from "../core/fleet/node.ts";
import { ask, FOREIGN, whoIs } from "./asking.ts";
import { findCard, leftOn, targetFor } from "./card-finder.ts";
import type { Written } from "./deeds.ts";
import { type DeskParts, type Known, knownTo, untilBegun } from "./desk-parts.ts";
import { answerToFreeze } from "./freezing.ts";
import { NOTHING_LEFT } from "./opening.ts";
import type { ReplyPlace, Unclear } from "./replies/asked-back.ts";
import { mayBeCommand, parseReply, type Reply } from "./replies/reply.ts";
import type { Reference } from "./view/card.ts";
import { standText, statusText } from "./view/details.ts";

const HELP = [
  "In a card's thread, reply approve, approve 01, approve now, skip until fri 18:00, retry, move, release, withdraw, or force: <reason>.",
  "Elsewhere mention me, or use my slash command, with the nodes' names: skip abal-kuber01 until mon 09:00.",
  "pause: <reason> stops all reboots, and resume lets them go on.",
  "freeze until mon 09:00: <reason> proposes a freeze of all pools, as a pull request on the policy; so do freeze <pool> for 2 days, and freeze from fri 18:00 until mon 09:00.",
  "status says what waits, and why <node> what a node waits for.",
].join("\n");

/** What to answer; null where it is nobody's business: plain talk, threads that are not ours, what was answered before. */
export async function answerToWritten(parts: DeskParts, written: Written): Promise<string | null> {
  const { text, isAddressed, isForeign, user } = written;
  if (!isAddressed && (written.threadTs === null || !mayBeCommand(text))) return null;
  await untilBegun(parts);
  const known = knownTo(parts);
  const who = typeof known === "string" ? null : whoIs(parts, known, user);
  const stand = await standOf(parts, written);
  if (typeof stand === "string") return stand;
  if (!stand.isOurs && !isAddressed) return null;
  const place = placeOf(parts, stand, isAddressed);
  const reply = parseReply(text, place);
  if (reply === null) return null;
  if (isForeign) return FOREIGN;
  if (typeof known === "string") return known;
  if (who === null) return null;
  if (place.isCard && place.nodes.length === 0 && isOfCard(reply)) return NOTHING_LEFT;
  const source = ["reply", written.channel, written.ts, user];
  if (reply.kind === "freeze") return answerToFreeze(parts, known, { wish: reply, source, user }, who);
  if (reply.kind !== "decide") return told(reply, known, place);
  const { verb, nodes, reason, until } = reply;
  const targets = targetsOf(known, stand.card, verb, nodes);
  if (typeof targets === "string") return targets;
  const { says, judgedBefore } = await ask(parts, { source, verb, targets, user, reason, until }, who);
  return judgedBefore === null ? says : null;
}

/** Where it was written: in a card's thread, in the board's, or elsewhere. */
interface Stand {
  readonly isOurs: boolean;
  readonly card: Reference | null;
  /** The cards that wait for approval. */
  readonly waves: readonly (readonly NodeName[])[];
}

async function standOf(parts: DeskParts, { channel, threadTs }: Written): Promise<Stand | string> {
  const found = threadTs === null ? null : await findCard(parts, { channel, ts: threadTs });
  if (found?.kind === "unreadable") return found.says;
  const reference = found?.kind === "card" ? found.reference : null;
  // The board shows all nodes, and is a card of none.
  const card = reference === null || reference.kind === "board" ? null : reference;
  const read = card === null ? await parts.references.read() : null;
  const cards = card === null ? (read?.ok === true ? read.references : []) : [card];
  const waves = cards
    .filter(({ kind, isOpen }) => kind === "approval" && isOpen)
    .map((one) => leftOn(one).map(({ node }) => node))
    .filter((nodes) => nodes.length > 0);
  return { isOurs: reference !== null, card, waves };
}

/** While no policy is known nothing is decided: then any zone will do to tell what is talk. */
function placeOf({ turn, clock }: DeskParts, { card, waves }: Stand, isAddressed: boolean): ReplyPlace {
  const last = turn();
  return {
    nodes: card === null ? [...(last?.plan.nodes.keys() ?? [])] : leftOn(card).map(({ node }) => node),
    pools: last?.policy?.pools.map(({ name }) => name) ?? [],
    waves,
    isCard: card !== null,
    isAddressed,
    zone: last?.policy?.timeZone ?? "utc",
    now: last?.now ?? clock.now(),
  };
}

/** Whether it is about the nodes of the card. */
function isOfCard(reply: NonNullable<Reply>): boolean {
  if (reply.kind === "decide") return reply.verb !== "pause" && reply.verb !== "resume";
  return reply.kind === "unclear" || reply.kind === "explain";
}

function told(
  reply: Exclude<NonNullable<Reply>, { readonly kind: "decide" | "freeze" }>,
  known: Known,
  place: ReplyPlace,
): string {
  switch (reply.kind) {
    case "help":
      return HELP;
    case "status":
      return statusText(known);
    case "explain":
      return standText(known, reply.nodes);
    case "unclear":
      return askedBack(reply, place);
    default:
      return reply satisfies never;
  }
}

function askedBack({ says, choices }: Unclear, { isCard }: ReplyPlace): string {
  if (choices.length === 0) return says;
  return [says, isCard ? "You could reply:" : "You could say to me:", ...choices.map((one) => `• \`${one}\``)].join(
    "\n",
  );
}

/** On a card bound to what it shows, elsewhere to what stands now. */
function targetsOf(
  { plan }: Known,
  card: Reference | null,
  verb: Verb,
  nodes: readonly NodeName[],
): readonly Target[] | string {
  if (card === null) {
    return nodes.flatMap((node) => {
      const situation = plan.nodes.get(node)?.situation;
      if (situation === undefined) return [];
      return [{ node, digest: nodeDigest(situation, verb === "force" ? blockersOf(situation.reboot) : []) }];
    });
  }
  if (verb === "force" && card.kind !== "blocked")
    return "This card does not show what blocks a node, so nothing was decided. Force it on the card that does, or mention me in the channel: force <node>: <reason>.";
  return leftOn(card)
    .filter(({ node }) => nodes.includes(node))
    .map((target) => targetFor(verb, target));
}
