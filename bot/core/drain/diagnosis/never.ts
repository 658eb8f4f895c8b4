import type { Cause } from "../../fleet/diagnosis.ts";
import { listed } from "../../listed.ts";
import type { Told } from "../ruled-out.ts";
import { type Facts, makerText, nameOf, pdb, plural, replicasOf } from "./facts.ts";
import { countedBudget, fixesFor, needsScale } from "./fixes.ts";
import { promiseText } from "./promise.ts";

const CANT_WAIT = "Waiting can't fix this.";

/** The controller can't work the budget out at all, so it allows nothing. */
export function notComputed(facts: Facts): Told | null {
  const { budget, workload, pod, makers } = facts;
  const isUncounted = needsScale(facts) && budget.expectedPods === 0 && makers.every(({ kind }) => kind === "none");
  if (budget.syncProblem === null && !(isUncounted && makers.length > 0)) return null;
  const why =
    budget.syncProblem === null || budget.syncProblem === ""
      ? `${nameOf(pod)} has no controller that says how many pods there should be`
      : budget.syncProblem;
  const made = workload.kind === "none" ? "" : ` It is made by ${makerText(workload, pod)}.`;
  const says = `${pdb(budget)} ${promiseText(budget.promise)}, and Kubernetes can't tell what that means: ${why}.${made} So it allows nothing. ${CANT_WAIT}`;
  return { verdict: "can never be satisfied", cause: "no controller", says, fixes: [countedBudget(facts)] };
}

/** Even with every pod ready nothing could go. */
export function neverEnough(facts: Facts): Told | null {
  if (!facts.neverAllows || facts.workload.kind === "operator") return null;
  const { budget, makers, evidence } = facts;
  const counts = `(${budget.currentHealthy} of ${Math.max(budget.expectedPods, evidence.covered.length)})`;
  const says = `${pdb(budget)} ${promiseText(budget.promise)} and ${whatThereIs(facts)} ${counts}. ${CANT_WAIT}`;
  const isShared = makers.length > 1;
  const fixes = facts.workload.kind === "none" ? [countedBudget(facts)] : fixesFor(facts);
  return { verdict: "can never be satisfied", cause: isShared ? sharedCause(facts) : causeOf(facts), says, fixes };
}

function whatThereIs({ workload, makers, evidence, pod }: Facts): string {
  if (makers.length > 1) {
    const names = makers.flatMap((maker) => (maker.kind === "none" ? [] : [`${maker.owner.kind} ${maker.owner.name}`]));
    const bare = makers.length - names.length;
    const all = bare === 0 ? names : [...names, `${plural(bare, "pod")} without a controller`];
    return `covers ${plural(evidence.covered.length, "pod")} of ${listed(all)} together`;
  }
  const replicas = replicasOf(workload) ?? evidence.covered.length;
  return `${makerText(workload, pod)} ${workload.kind === "none" ? "is all there is" : `has ${plural(replicas, "replica")}`}`;
}

const sharedCause = ({ makers }: Facts): Cause =>
  makers.every(({ kind }) => kind === "none") ? "no controller" : "several owners";

function causeOf({ budget: { promise }, wanted, workload }: Facts): Cause {
  if (workload.kind === "none") return "no controller";
  if (promise === null) return "no promise";
  if (promise.kind === "maxUnavailable") return "max unavailable 0";
  if (promise.value === "100%") return "min available 100 %";
  return wanted === 1 ? "single replica" : "every replica needed";
}
