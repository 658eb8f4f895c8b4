import { verdictOf } from "../core/drain/preflight.ts";
import type { Refusal } from "../core/fleet/phase.ts";

/** A pod that may not go: why, whether waiting helps, and what would change it. */
export function refusalText(refusal: Refusal): readonly string[] {
  const { namespace, pod, diagnosis, message } = refusal;
  const fixes = (diagnosis?.fixes ?? []).map(({ says, command }) => `      fix: ${command}    # ${says}`);
  return [
    `    ${namespace}/${pod}: ${diagnosis?.says ?? message}`,
    `      verdict: ${verdictOf(refusal)}`,
    ...fixes,
    ...moveText(refusal),
  ];
}

/** Where waiting helps nobody is asked to move anything. */
function moveText(refusal: Refusal): readonly string[] {
  const move = refusal.diagnosis?.move ?? null;
  if (move === null || verdictOf(refusal) !== "can never be satisfied") return [];
  if (move.kind === "impossible") return [`      move: not possible, ${move.because}`];
  const { namespace, name } = move.deployment;
  return [`      move: possible, a restart of Deployment ${namespace}/${name} brings it up elsewhere first`];
}

function moveJson({ diagnosis }: Refusal) {
  const move = diagnosis?.move ?? null;
  if (move === null) return null;
  if (move.kind === "impossible") return { possible: false, because: move.because };
  return { possible: true, deployment: `${move.deployment.namespace}/${move.deployment.name}` };
}

/** The shape is documented in docs/cli.md. */
export function refusalJson(refusal: Refusal) {
  const { namespace, pod, kind, budgets, diagnosis, message } = refusal;
  return {
    pod: `${namespace}/${pod}`,
    kind,
    budgets: budgets.map((budget) => `${budget.namespace}/${budget.name}`),
    verdict: verdictOf(refusal),
    cause: diagnosis?.cause ?? null,
    says: diagnosis?.says ?? message,
    owner: diagnosis?.owner ?? null,
    fixes: diagnosis?.fixes ?? [],
    move: moveJson(refusal),
  };
}
