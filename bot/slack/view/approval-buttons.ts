import { formatDuration } from "../../core/instant.ts";
import type { Policy, Pool } from "../../core/policy/policy.ts";
import { freezeAt, nextOpening, openingAt, scheduleOf } from "../../core/policy/schedule.ts";
import { NOW_VALID } from "../../core/timings.ts";
import { isAsked } from "./approval-standing.ts";
import { readingOf, type Wave } from "./approval-wave.ts";
import { actionId, type Block } from "./card.ts";
import { type Button, buttons, context } from "./mrkdwn.ts";
import { dayAndTime } from "./times.ts";

/** What can be pressed, and what can be written instead. What the policy lets nobody do, or can't work now, is absent. */
export function actionsOf(wave: Wave, key: string): readonly Block[] {
  const { pool, policy, entries } = wave;
  if (pool === null) return [];
  if (entries.some(([, standing]) => isAsked(standing)))
    return [...buttons(askButtons(wave, pool, key)), ...hint(wave, pool)];
  const isApproved = entries.some(([, { kind }]) => kind === "approved");
  if (!isApproved || pool.may.other === null) return [];
  return buttons([{ label: "Withdraw", actionId: actionId("withdraw", policy.cluster, key) }]);
}

function askButtons(wave: Wave, pool: Pool, key: string): readonly Button[] {
  const { cluster } = wave.policy;
  const { approve, skip } = pool.may;
  const label = approveLabel(wave, pool);
  return [
    ...(approve === null ? [] : [{ label, actionId: actionId("approve", cluster, key), style: "primary" } as const]),
    ...(skip === null ? [] : [{ label: "Skip…", actionId: actionId("skip", cluster, key) }]),
    ...(mayGoNow(wave, pool) ? [nowButton(wave.policy, key)] : []),
  ];
}

/** "Approve for Sat 02:00": what the yes is for, where nothing begins at once. */
function approveLabel(wave: Wave, pool: Pool): string {
  const schedule = scheduleOf(wave.policy, pool);
  const next = openingAt(schedule, wave.turn.now) === null ? nextOpening(schedule, wave.turn.now) : null;
  return next === null ? "Approve" : `Approve for ${dayAndTime(next.opens, readingOf(wave))}`;
}

/** A freeze is lifted by nothing. */
const mayGoNow = ({ policy, turn }: Wave, pool: Pool): boolean =>
  pool.may.now !== null && freezeAt(scheduleOf(policy, pool), turn.now) === null;

const nowButton = ({ cluster }: Policy, key: string): Button => ({
  label: "Approve now…",
  actionId: actionId("now", cluster, key),
  confirm: {
    title: "Let them go now?",
    text: `This lifts the window, the pools that go before (after) and the pause after a failed try, for ${formatDuration(NOW_VALID)}. It lifts no freeze, no disruption budget and no quorum.`,
    yes: "Approve now",
  },
});

function hint(wave: Wave, pool: Pool): readonly Block[] {
  const { approve, skip } = pool.may;
  const replies = [
    ...(approve === null ? [] : ["approve", "approve 01"]),
    ...(approve !== null && mayGoNow(wave, pool) ? ["approve now"] : []),
    ...(skip === null ? [] : ["skip until mon 09:00"]),
  ];
  return replies.length === 0 ? [] : [context(`Or reply: ${replies.join(" · ")}`)];
}
