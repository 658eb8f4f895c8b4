import { selects } from "./label-selector.ts";
import { type DrainData, ruleFor } from "./policy-data.ts";
import { at, type Change, list, nameOf, text } from "./world.ts";

/** Pods and disruption budgets as the API server stores them. */
export class PodsView {
  readonly #budgets = new Map<string, unknown>();
  readonly #pods = new Map<string, unknown>();
  /** When pods of a namespace were on a node, by their keys. */
  readonly #stays = new Map<string, { readonly namespace: string; readonly node: string; from: number; to: number }>();

  see(change: Change): void {
    const { resource, before, after } = change;
    if (resource === "pods") this.#seeStay(change);
    const table = { poddisruptionbudgets: this.#budgets, pods: this.#pods }[resource];
    if (table === undefined) return;
    if (after === null) table.delete(keyOf(before));
    else table.set(keyOf(after), after);
  }

  /** Whether pods of the namespace were on the node without a break since then; they still are. */
  wasAlwaysIn(namespace: string, node: string, since: number): boolean {
    return [...this.#stays.values()].some(
      (stay) => stay.namespace === namespace && stay.node === node && stay.from <= since && stay.to === STILL,
    );
  }

  /** Whether any was there at some time since then. */
  wasIn(namespace: string, node: string, since: number): boolean {
    return [...this.#stays.values()].some(
      (stay) => stay.namespace === namespace && stay.node === node && stay.to >= since,
    );
  }

  #seeStay({ before, after, at: now }: Change): void {
    const pod = after ?? before;
    const key = `${keyOf(pod)} ${text(at(pod, "metadata", "uid"))}`;
    const node = text(at(pod, "spec", "nodeName"));
    const isThere = after !== null && node !== "" && !isIn(after, "Succeeded", "Failed");
    const known = this.#stays.get(key);
    if (isThere && known === undefined)
      this.#stays.set(key, { namespace: text(at(pod, "metadata", "namespace")), node, from: now, to: STILL });
    if (!isThere && known !== undefined) known.to = Math.min(known.to, now);
  }

  /** Names of the budgets that cover a pod. */
  covering(pod: unknown): readonly string[] {
    return [...this.#budgets].filter(([, budget]) => covers(budget, pod)).map(([key]) => key);
  }

  /** Whether a pod of the node may not leave it now: by its budgets, or since the policy protects it. */
  isBlocked(node: string, drain: DrainData): boolean {
    return this.#leaving(node, drain).some((pod) => this.#mayNotGo(pod, drain));
  }

  /** Whether pods are left that must go, and none of them may: nothing but a change from outside ends that. */
  isStuck(node: string, drain: DrainData): boolean {
    const left = this.#leaving(node, drain);
    return left.length > 0 && left.every((pod) => !waits(pod, drain) && this.#mayNotGo(pod, drain));
  }

  /** The pods that a drain has to get rid of, those that end already among them. */
  #leaving(node: string, drain: DrainData): readonly unknown[] {
    return [...this.#pods.values()].filter(
      (pod) => text(at(pod, "spec", "nodeName")) === node && !isLeft(pod) && ruleFor(drain, pod)?.action !== "leave",
    );
  }

  #mayNotGo(pod: unknown, drain: DrainData): boolean {
    if (at(pod, "metadata", "deletionTimestamp") !== undefined || isIn(pod, "Succeeded", "Failed")) return false;
    if (isProtected(pod, drain)) return true;
    const names = this.covering(pod);
    if (isIn(pod, "Pending")) return false;
    return names.length > 1 || names.some((name) => !allows(this.#budgets.get(name), pod));
  }
}

const STILL = Number.POSITIVE_INFINITY;

const keyOf = (object: unknown): string => `${text(at(object, "metadata", "namespace"))}/${nameOf(object)}`;

/** The bot's own pods stay where they may not go, so they block nothing. */
const isOfBot = (pod: unknown): boolean =>
  text(at(pod, "metadata", "namespace")) === "bootswain" &&
  text(at(pod, "metadata", "labels", "app.kubernetes.io/component")) === "bot";

const isIn = (pod: unknown, ...phases: readonly string[]): boolean => phases.includes(text(at(pod, "status", "phase")));

/** Pods that no drain touches. */
function isLeft(pod: unknown): boolean {
  if (isOfBot(pod)) return true;
  if (at(pod, "metadata", "annotations", "kubernetes.io/config.mirror") !== undefined) return true;
  return ownersOf(pod).some((owner) => text(at(owner, "kind")) === "DaemonSet");
}

const ownersOf = (pod: unknown): readonly unknown[] => list(at(pod, "metadata", "ownerReferences"));

export function isProtected(pod: unknown, { emptyDir, unmanaged }: DrainData): boolean {
  const hasEmptyDir = list(at(pod, "spec", "volumes")).some((volume) => at(volume, "emptyDir") !== undefined);
  return (emptyDir === "protect" && hasEmptyDir) || (unmanaged === "protect" && ownersOf(pod).length === 0);
}

/** A rule lets it run on for now, or has a Job run before it goes. */
function waits(pod: unknown, drain: DrainData): boolean {
  const rule = ruleFor(drain, pod);
  return rule?.action === "waitUntilFinished" || rule?.before !== undefined;
}

const isReady = (pod: unknown): boolean =>
  list(at(pod, "status", "conditions")).some(
    (one) => text(at(one, "type")) === "Ready" && text(at(one, "status")) === "True",
  );

function allows(budget: unknown, pod: unknown): boolean {
  const number = (key: string): number => Number(at(budget, "status", key) ?? 0);
  if (!isReady(pod)) {
    if (text(at(budget, "spec", "unhealthyPodEvictionPolicy")) === "AlwaysAllow") return true;
    if (number("desiredHealthy") > 0 && number("currentHealthy") >= number("desiredHealthy")) return true;
  }
  const isJudged = number("observedGeneration") >= Number(at(budget, "metadata", "generation") ?? 1);
  return isJudged && number("disruptionsAllowed") > 0;
}

function covers(budget: unknown, pod: unknown): boolean {
  if (text(at(budget, "metadata", "namespace")) !== text(at(pod, "metadata", "namespace"))) return false;
  return selects(at(budget, "spec", "selector"), labelsOf(pod));
}

const labelsOf = (object: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(at(object, "metadata", "labels") ?? {}).map(([key, value]) => [key, text(value)]));
