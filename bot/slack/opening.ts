import { type Duration, SECOND } from "../core/instant.ts";
import type { Pool } from "../core/policy/policy.ts";
import { type Finding, findCard, leftOn } from "./card-finder.ts";
import type { Click } from "./deeds.ts";
import { type DeskParts, type Known, knownTo } from "./desk-parts.ts";
import type { CardTarget } from "./view/card.ts";
import type { DialogKind, View } from "./view/dialogs/dialog.ts";
import { forceDialog } from "./view/dialogs/force.ts";
import { pauseDialog } from "./view/dialogs/pause.ts";
import { skipDialog } from "./view/dialogs/skip.ts";

/** Slack opens a dialog within 3 s of the click; this leaves 1 s for the way there. */
const FOUND_WITHIN: Duration = 2 * SECOND;
const SECOND_LOOK: Duration = SECOND;
export const TOO_OLD = "This card is too old to decide on. See the board for what waits now.";
export const NOTHING_LEFT = "Nothing on this card waits for a decision. See the board for what does.";

/** Opens the dialog of a button; a sentence where there is none to open. The truth is read again when it is sent off. */
export async function openDialog(parts: DeskParts, kind: DialogKind, click: Click): Promise<string | null> {
  const known = knownTo(parts);
  if (typeof known === "string") return known;
  const view = kind === "pause" ? pauseDialog(known.policy, seenIn(click)) : await viewOf(parts, known, kind, click);
  if (typeof view === "string") return view;
  const opened = await parts.chat.open(click.triggerId, view);
  if (opened.ok) return null;
  parts.log.warn("slack dialog not opened", { user: click.user, dialog: kind, error: opened.error });
  return `Slack did not open the dialog (${opened.error}). Click again, or ${replyFor(kind)}`;
}

const REPLIES: Readonly<Record<DialogKind, string>> = {
  skip: "skip until fri 18:00",
  force: "force: <reason>",
  pause: "pause: <reason>",
};

const replyFor = (kind: DialogKind): string => `reply in this thread: ${REPLIES[kind]}`;

const seenIn = ({ channel, messageTs, seen }: Click) => ({ channel, ts: messageTs, seen });

async function viewOf(
  parts: DeskParts,
  known: Known,
  kind: Exclude<DialogKind, "pause">,
  click: Click,
): Promise<View | string> {
  const found = await inTime(parts, click);
  if (found === "late")
    return `The cluster's API is slow now, so no dialog can open in time. Click again in a minute, or ${replyFor(kind)}`;
  if (found.kind === "unreadable") return found.says;
  if (found.kind === "none") return TOO_OLD;
  const targets = leftOn(found.reference);
  const [first, ...others] = targets;
  if (first === undefined) return NOTHING_LEFT;
  const { policy, now, plan } = known;
  const seen = seenIn(click);
  if (kind === "skip") return skipDialog({ policy, pool: poolOf(known, targets), targets, seen, now });
  if (others.length > 0) return "Force one node at a time: reply force <node>: <reason>.";
  const planned = plan.nodes.get(first.node);
  return planned === undefined
    ? `There is no node ${first.node} any more.`
    : forceDialog({ policy, planned, user: click.user, seen, now });
}

/** The pool that lets its nodes be skipped for the shortest time. */
function poolOf({ plan }: Known, targets: readonly CardTarget[]): Pool | null {
  const pools = targets.flatMap(({ node }) => plan.nodes.get(node)?.situation.pool ?? []);
  return pools.reduce<Pool | null>((least, pool) => (least === null || upTo(pool) < upTo(least) ? pool : least), null);
}

const upTo = ({ may }: Pool): Duration => may.skip?.upTo ?? Number.POSITIVE_INFINITY;

/** A slow API server must not use the 3 s up. */
function inTime(parts: DeskParts, { channel, messageTs: ts }: Click): Promise<Finding | "late"> {
  const finding = findCard(parts, { channel, ts }, () => true, SECOND_LOOK);
  return new Promise((resolve, reject) => {
    const timer = parts.clock.after(FOUND_WITHIN, () => resolve("late"));
    finding.then(resolve, reject).finally(() => timer.stop());
  });
}
