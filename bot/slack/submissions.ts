import type { Target, Verb } from "../core/fleet/decision.ts";
import type { Instant } from "../core/instant.ts";
import { ask, FOREIGN, whoIs } from "./asking.ts";
import { findCard, leftOn, targetFor } from "./card-finder.ts";
import type { FieldErrors, Submission } from "./deeds.ts";
import { type DeskParts, knownTo, untilBegun } from "./desk-parts.ts";
import { NOTHING_LEFT } from "./opening.ts";
import { changedSince } from "./print.ts";
import type { CardTarget } from "./view/card.ts";
import { dialogKindOf } from "./view/dialogs/dialog.ts";
import { parseForce } from "./view/dialogs/force.ts";
import { parsePause } from "./view/dialogs/pause.ts";
import { parseSeen, type Seen } from "./view/dialogs/seen.ts";
import { parseSkip } from "./view/dialogs/skip.ts";

/** A dialog as it was filled in. */
export interface Filled {
  readonly verb: Verb;
  readonly seen: Seen;
  readonly isMeant: (node: string) => boolean;
  readonly reason: string | null;
  readonly until: Instant | null;
}

const CHANGED = "This changed since the dialog was opened. Nothing was decided: look again, then decide.";

/** By what it says alone, since Slack waits for the answer: nothing is read. */
export function readSubmission(
  { clusterName, clock, turn }: DeskParts,
  submission: Submission,
): Filled | { readonly errors: FieldErrors } {
  const wrong = (says: string) => {
    const [block = ""] = Object.keys(submission.values);
    return { errors: { [block]: says } };
  };
  const kind = dialogKindOf(submission.callbackId, clusterName);
  if (kind === null) return wrong(`This dialog is not of mine, the bot of ${clusterName}. Close it and click again.`);
  const seen = parseSeen(submission.privateMetadata);
  if (seen === null) return wrong("This dialog is from another version of me. Close it and click again.");
  const filled = { verb: kind, seen, isMeant: () => true, reason: null, until: null };
  switch (kind) {
    case "skip": {
      const asked = parseSkip(submission, seen, turn()?.now ?? clock.now());
      return "errors" in asked ? asked : { ...filled, ...asked };
    }
    case "force": {
      const asked = parseForce(submission);
      return "errors" in asked ? asked : { ...filled, ...asked };
    }
    case "pause":
      return { ...filled, ...parsePause(submission) };
    default:
      return kind satisfies never;
  }
}

/** What to answer; null for one that was answered before. */
export async function answerToSubmission(
  parts: DeskParts,
  { user, viewId, isForeign }: Submission,
  { verb, seen, isMeant, reason, until }: Filled,
): Promise<string | null> {
  if (isForeign) return FOREIGN;
  await untilBegun(parts);
  const known = knownTo(parts);
  if (typeof known === "string") return known;
  const who = whoIs(parts, known, user);
  const shown = await shownIn(parts, seen);
  if (typeof shown === "string") return shown;
  const targets: readonly Target[] = shown.filter(({ node }) => isMeant(node)).map((target) => targetFor(verb, target));
  if (verb !== "pause" && targets.length === 0) return NOTHING_LEFT;
  const source = ["dialog", viewId, verb, user];
  const { says, judgedBefore } = await ask(parts, { source, verb, targets, user, reason, until }, who);
  return judgedBefore === null ? says : null;
}

/** What the dialog was about. Where it could not carry all of that, the card must still be the one that was seen. */
async function shownIn(
  parts: DeskParts,
  { channel, ts, seen, targets }: Seen,
): Promise<readonly CardTarget[] | string> {
  if (targets !== null) return targets;
  const found = await findCard(parts, { channel, ts }, (reference) => changedSince(seen, reference) === null);
  if (found.kind === "unreadable") return found.says;
  return found.kind === "card" && changedSince(seen, found.reference) === null ? leftOn(found.reference) : CHANGED;
}
