import { wallClock } from "../instant.ts";
import type { Ask } from "./decide.ts";
import { no, type Verdict } from "./verbs.ts";

/** What people do to single nodes beside the usual way of a reboot. None of it expires by time. */
const yes = (says: string): Verdict => ({ ok: true, says, validUntil: null });

/** A reboot that the host does not ask for. It waits for all that any other does, approval too. */
export function judgeReboot({ member, pool, standing, policy, now }: Ask): Verdict {
  const { name } = member.node;
  if (pool.mode === "observe") return no(`${pool.name} is in mode observe: its nodes are never rebooted.`);
  if (member.report === null) return no(`The agent of ${name} has never reported, so nobody there could reboot it.`);
  const phase = member.reboot?.phase.kind ?? "waiting";
  if (phase !== "waiting") return no(`${name} is already under way (${phase}).`);
  if (standing.rebootAsked !== null) {
    const { by, at } = standing.rebootAsked;
    return no(`${by} already wants ${name} rebooted (${wallClock(at, policy.timeZone, now)}).`);
  }
  if (member.report.pending !== null) return no(`${name} already wants to be rebooted. See what it waits for.`);
  const needs = pool.mode === "approval" ? " It needs the usual approval." : "";
  return yes(`${name} is rebooted when it is its turn.${needs}`);
}

export function judgeAdopt({ member, standing, policy, now }: Ask): Verdict {
  const { name, cordon } = member.node;
  if (cordon.kind !== "foreign") return no(`${name} is not cordoned by anyone else, so there is nothing to adopt.`);
  if (member.report?.pending == null) return no(`${name} wants no reboot now.`);
  if (standing.adopted !== null) {
    const { by, at } = standing.adopted;
    return no(`${by} already had the cordon of ${name} taken over (${wallClock(at, policy.timeZone, now)}).`);
  }
  return yes(`The cordon of ${name} is taken over: it is rebooted when it is its turn, and uncordoned then.`);
}

export function judgeKeep({ member, standing, policy, now }: Ask): Verdict {
  const { name } = member.node;
  const phase = member.reboot?.phase.kind ?? "waiting";
  if (phase === "waiting" && member.report?.pending == null) return no(`${name} wants no reboot now.`);
  if (standing.keep !== null) {
    const { by, at } = standing.keep;
    return no(`${by} already wants ${name} kept cordoned (${wallClock(at, policy.timeZone, now)}).`);
  }
  return yes(`${name} stays cordoned when this is over, as a cordon of yours: uncordon it yourself.`);
}

/** Failed alone: anything else steps aside by skip, withdraw or pause. */
export function judgeRelease({ member }: Ask): Verdict {
  const { name } = member.node;
  const phase = member.reboot?.phase;
  if (phase?.kind !== "failed") return no(`${name} has not failed, so there is nothing to release.`);
  if (phase.cause.kind === "unreadable record")
    return no(`The record of ${name} can't be read, so nobody knows what is under way. Mend its NodeReboot first.`);
  return yes(`${name} is uncordoned, its slot is freed, and it is left alone until its reasons to reboot change.`);
}

export function judgeWithdraw({ member, standing }: Ask): Verdict {
  const { name } = member.node;
  const phase = member.reboot?.phase;
  if (phase?.kind === "rebooting" && phase.agent.rebooting !== null)
    return no(`The reboot of ${name} was called already, so it can't be taken back.`);
  if (phase?.kind === "verifying" || phase?.kind === "failed")
    return no(`${name} is ${phase.kind}: there is no order left to take back.`);
  if (phase?.kind === "preparing" || phase?.kind === "draining" || phase?.kind === "rebooting")
    return yes(`The order of ${name} is taken back, and all that was decided about it.`);
  const { approvals, voided, now, forces, skip, rebootAsked, adopted, keep, moveAskedAt } = standing;
  const isDecided = approvals.length + voided.length + forces.length > 0;
  const others = [now, skip, rebootAsked, adopted, keep, moveAskedAt];
  if (!isDecided && others.every((one) => one === null))
    return no(`Nothing was decided about ${name} that could be taken back.`);
  return yes(`All that was decided about ${name} is taken back.`);
}
