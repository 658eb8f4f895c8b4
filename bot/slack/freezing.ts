import type { ProposalAnswer } from "../coordinator/proposals.ts";
import { mayNotStop } from "../core/decide/pause.ts";
import { askerOf } from "../core/decide/people.ts";
import type { Identity } from "../core/fleet/decision.ts";
import { shortHash } from "../core/fleet/order.ts";
import type { PersonReading } from "../core/fleet/person.ts";
import { wallClock } from "../core/instant.ts";
import { listed } from "../core/listed.ts";
import { refusalOf } from "./asking.ts";
import type { DeskParts, Known } from "./desk-parts.ts";
import type { FreezeWish } from "./replies/freeze.ts";

interface Asked {
  readonly wish: FreezeWish;
  /** Where it was written: the same words delivered twice have the same. */
  readonly source: readonly string[];
  readonly user: string;
}

/**
 * Proposes the freeze to those who decide on the policy: here nobody can freeze anything. Who may pause may ask for it. Null
 * where it was proposed, and answered, before.
 */
export async function answerToFreeze(
  parts: DeskParts,
  known: Known,
  { wish, source, user }: Asked,
  who: Promise<PersonReading>,
): Promise<string | null> {
  const { proposals, clusterName: cluster, log } = parts;
  const { policy } = known;
  const reading = await who;
  if (reading.kind !== "member") {
    log.info("freeze not proposed", { user, who: reading.kind, why: reading.why });
    return refusalOf(reading);
  }
  const by: Identity = { system: "slack", id: user };
  const asker = askerOf(policy, { by, groups: reading.groups });
  const refusal = mayNotStop("freeze reboots", policy, asker);
  if (refusal !== null) {
    log.info("freeze not proposed", { user, why: refusal });
    return refusal;
  }
  const id = shortHash([cluster, ...source]);
  const { pools, from, until, reason } = wish;
  const answer = await proposals.proposeFreeze({ id, cluster, from, until, pools, reason, by: asker.person });
  log.info("freeze from slack", { id, user, pools, from, until, ...answer });
  return answer.kind === "proposed" && answer.repeated ? null : sentenceOf(answer, wish, known);
}

function sentenceOf(answer: ProposalAnswer, { pools, from, until }: FreezeWish, { policy, now }: Known): string {
  if (answer.kind === "refused")
    return `${answer.why}\nTo stop reboots now: \`pause\`. To leave a node out: \`skip <node> until <time>\`.`;
  const [begins, ends] = [from, until].map((at) => wallClock(at, policy.timeZone, now));
  const what = `${pools === null ? "all pools" : listed(pools)}${from > now ? ` from ${begins}` : ""} until ${ends}`;
  return `Pull request #${answer.number} would freeze ${what}: ${answer.url}\nNothing is frozen before it is merged. To stop reboots now: \`pause\`.`;
}
