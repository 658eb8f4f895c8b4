import { pauseOf } from "../core/decide/pause.ts";
import type { Verb } from "../core/fleet/decision.ts";
import type { PersonReading } from "../core/fleet/person.ts";
import { type Duration, type Instant, SECOND } from "../core/instant.ts";
import { ask, FOREIGN, type Wish, whoIs } from "./asking.ts";
import { type Finding, findCard, leftOn, targetFor } from "./card-finder.ts";
import type { Click } from "./deeds.ts";
import { type DeskParts, type Known, knownTo, untilBegun } from "./desk-parts.ts";
import { NOTHING_LEFT, openDialog, TOO_OLD } from "./opening.ts";
import { changedSince } from "./print.ts";
import { actionId, parseActionId, type Reference } from "./view/card.ts";
import { detailsText, standText } from "./view/details.ts";
import { DIALOG_KINDS } from "./view/dialogs/dialog.ts";

/** The verbs that need nothing but the click. */
const PRESSED = ["approve", "now", "retry", "move", "release", "withdraw"] as const;
type Pressed = (typeof PRESSED)[number];
/** By these a node may reboot: they count only for what was seen. */
const LETS_GO: ReadonlySet<string> = new Set<Verb>(["approve", "now"]);

const UNKNOWN = "I don't know this button. The card may be from another version of me.";

/** A decision that was made longer ago is not the same click made twice, but an old one in the way of a new one. */
const SAME_CLICK_WITHIN: Duration = 30 * SECOND;

/** What to answer; null where a dialog opened. The button says no more than what is wanted: the truth is read again. */
export async function answerToClick(parts: DeskParts, click: Click): Promise<string | null> {
  const { verb, cluster, key } = parseActionId(click.actionId);
  const { clusterName } = parts;
  if (cluster !== clusterName)
    return `This card is of cluster ${cluster}, and I am the bot of ${clusterName}: two clusters share one Slack app. Give each its own.`;
  if (click.isForeign) return FOREIGN;
  const dialog = DIALOG_KINDS.find((one) => one === verb);
  if (dialog !== undefined) return openDialog(parts, dialog, click);
  await untilBegun(parts);
  const known = knownTo(parts);
  if (typeof known === "string") return known;
  if (verb === "details") return detailsText(known, click.channel);
  if (verb === "resume") return resume(parts, known, click);
  const pressed = PRESSED.find((one) => one === verb);
  if (pressed === undefined && verb !== "look") return UNKNOWN;
  const who = pressed === undefined ? null : whoIs(parts, known, click.user);
  const found = await cardOf(parts, verb, click);
  if (found.kind === "unreadable") return found.says;
  if (found.kind === "none") return TOO_OLD;
  const { reference } = found;
  if (actionId("approve", cluster, reference.key) !== actionId("approve", cluster, key)) return UNKNOWN;
  if (pressed === undefined || who === null) return look(known, reference);
  return press(parts, known, { click, verb: pressed, reference, who });
}

const cardOf = (parts: DeskParts, verb: string, { channel, messageTs: ts, seen }: Click): Promise<Finding> =>
  findCard(parts, { channel, ts }, (reference) => !LETS_GO.has(verb) || changedSince(seen, reference) === null);

function look(known: Known, reference: Reference): string {
  const nodes = leftOn(reference).map(({ node }) => node);
  return nodes.length === 0 ? NOTHING_LEFT : standText(known, nodes);
}

interface Press {
  readonly click: Click;
  readonly verb: Pressed;
  readonly reference: Reference;
  readonly who: Promise<PersonReading>;
}

async function press(parts: DeskParts, known: Known, { click, verb, reference, who }: Press): Promise<string> {
  const change = LETS_GO.has(verb) ? changedSince(click.seen, reference) : null;
  if (change !== null) return `This changed since the card was drawn: ${change}. Look again, then decide.`;
  const targets = leftOn(reference).map((target) => targetFor(verb, target));
  if (targets.length === 0) return NOTHING_LEFT;
  const { channel, messageTs, seen, user } = click;
  const source = ["click", channel, messageTs, seen, verb, user];
  const wish = { source, verb, targets, user, reason: null, until: null };
  return askOnce(parts, { click, wish, who, now: known.now });
}

/** It names no node, so it needs no card: what it ends is the pause that stands now. */
async function resume(parts: DeskParts, known: Known, click: Click): Promise<string> {
  const { user } = click;
  const since = pauseOf(known.snapshot)?.since ?? null;
  const source = ["click", "resume", user, String(since)];
  const who = whoIs(parts, known, user);
  const wish: Wish = { source, verb: "resume", targets: [], user, reason: null, until: null };
  return askOnce(parts, { click, wish, who, now: known.now });
}

interface Asking {
  readonly click: Click;
  readonly wish: Wish;
  readonly who: Promise<PersonReading>;
  readonly now: Instant;
}

/**
 * Two clicks on the same content are one decision. But a card can come to say again what it said an hour ago, and then
 * the decision of that time must not answer for this one.
 */
async function askOnce(parts: DeskParts, { click, wish, who, now }: Asking): Promise<string> {
  const { says, judgedBefore } = await ask(parts, wish, who);
  if (judgedBefore === null || now - judgedBefore <= SAME_CLICK_WITHIN) return says;
  return (await ask(parts, { ...wish, source: [...wish.source, click.actionTs] }, who)).says;
}
