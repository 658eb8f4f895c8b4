import { at, type Change, list, nameOf, text } from "./world.ts";

/** Pods and disruption budgets as the API server stores them. */
export class PodsView {
  readonly #budgets = new Map<string, unknown>();
  readonly #pods = new Map<string, unknown>();

  see({ resource, before, after }: Change): void {
    const table = { poddisruptionbudgets: this.#budgets, pods: this.#pods }[resource];
    if (table === undefined) return;
    if (after === null) table.delete(keyOf(before));
    else table.set(keyOf(after), after);
  }

  /** Names of the budgets that cover a pod. */
  covering(pod: unknown): readonly string[] {
    return [...this.#budgets].filter(([, budget]) => covers(budget, pod)).map(([key]) => key);
  }

  /** Whether a running pod of the node may not be evicted now: its budget allows nothing, or it has several. */
  isBlocked(node: string): boolean {
    return [...this.#pods.values()].some((pod) => {
      if (text(at(pod, "spec", "nodeName")) !== node || isLeft(pod) || !isReady(pod)) return false;
      const names = this.covering(pod);
      return names.length > 1 || names.some((name) => !allows(this.#budgets.get(name)));
    });
  }
}

const keyOf = (object: unknown): string => `${text(at(object, "metadata", "namespace"))}/${nameOf(object)}`;

/** The bot's own pods stay where they may not go, so they block nothing. */
const isOfBot = (pod: unknown): boolean =>
  text(at(pod, "metadata", "namespace")) === "bootswain" &&
  text(at(pod, "metadata", "labels", "app.kubernetes.io/component")) === "bot";

/** Pods that no drain touches, and those that are on their way. */
function isLeft(pod: unknown): boolean {
  if (isOfBot(pod)) return true;
  if (at(pod, "metadata", "annotations", "kubernetes.io/config.mirror") !== undefined) return true;
  if (at(pod, "metadata", "deletionTimestamp") !== undefined) return true;
  if (["Succeeded", "Failed", "Pending"].includes(text(at(pod, "status", "phase")))) return true;
  return list(at(pod, "metadata", "ownerReferences")).some((owner) => text(at(owner, "kind")) === "DaemonSet");
}

const isReady = (pod: unknown): boolean =>
  list(at(pod, "status", "conditions")).some(
    (one) => text(at(one, "type")) === "Ready" && text(at(one, "status")) === "True",
  );

function allows(budget: unknown): boolean {
  const observed = Number(at(budget, "status", "observedGeneration") ?? 0);
  const isJudged = observed >= Number(at(budget, "metadata", "generation") ?? 1);
  return isJudged && Number(at(budget, "status", "disruptionsAllowed") ?? 0) > 0;
}

function covers(budget: unknown, pod: unknown): boolean {
  if (text(at(budget, "metadata", "namespace")) !== text(at(pod, "metadata", "namespace"))) return false;
  const labels = at(budget, "spec", "selector", "matchLabels");
  return Object.entries(labels ?? {}).every(([key, value]) => at(pod, "metadata", "labels", key) === value);
}
