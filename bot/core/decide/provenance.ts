import type { Decision } from "../fleet/decision.ts";
import type { Snapshot } from "../fleet/snapshot.ts";

export const UNPROVEN =
  "Decisions made with kubectl or the command line don't count here, since nothing proves who made them: the admission policies are not installed. Decide in Slack, or apply deploy/admission.yaml.";

/** Whether it is certain whom a decision is from: for Slack the bot vouches, for all else the API server's admission. */
export function isProven({ by }: Decision, snapshot: Pick<Snapshot, "observations">): boolean {
  return by.system === "slack" || admissionMissing(snapshot) === false;
}

/** Before the bot knows whether admission is there, a judgement would be a guess. */
export function isProvable({ by }: Decision, snapshot: Pick<Snapshot, "observations">): boolean {
  return by.system === "slack" || admissionMissing(snapshot) !== null;
}

const admissionMissing = ({ observations }: Pick<Snapshot, "observations">): boolean | null =>
  observations.find(({ type }) => type === "AdmissionMissing")?.isTrue ?? null;
