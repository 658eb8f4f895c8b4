import type { Json, Lease, Resource } from "../coordinator/ports.ts";
import { lackOf } from "../core/drain/diagnosis/movable.ts";
import { coveringBudgets } from "../core/fleet/disruption-budget.ts";
import type { LabelSelector } from "../core/fleet/label-selector.ts";
import type { Owner, Pod } from "../core/fleet/pod.ts";
import type { Evidence, Workload } from "../core/fleet/workload.ts";
import { type CallParts, fencedCall } from "./calls.ts";
import type { Mirrors } from "./mirrors.ts";
import { isForOneNode } from "./resources/claim.ts";
import { parseDeployment } from "./resources/deployment.ts";
import { labelSelectorText } from "./resources/label-selector.ts";
import { parsePodList } from "./resources/pod.ts";
import { ownerIn, replicasOf } from "./resources/workload.ts";
import { roomFor } from "./room.ts";

interface ReadParts extends CallParts {
  readonly mirrors: Mirrors;
}

/** Of a budget that covers thousands of pods not every maker is looked up. */
const OWNERS_MOST = 8;
const PODS_MOST = 200;

/** Reads what says why a pod may not go. What can't be read is left out: then less is said, and nothing wrong. */
export async function evidenceOf(parts: ReadParts, lease: Lease, pod: Pod): Promise<Evidence> {
  const reader = new Reader(parts, lease);
  const budgets = coveringBudgets(pod, parts.mirrors.store.budgets);
  const lists = await Promise.all(budgets.map(({ selector }) => reader.pods(pod.namespace, selector ?? [])));
  const byUid = new Map(lists.flat().map((one) => [one.uid, one]));
  const coveredPods = [...byUid.values()].filter(({ finished }) => !finished);
  const workload = await reader.workloadOf(pod);
  const covered: { pod: Pod; workload: Workload }[] = [];
  for (const one of coveredPods) covered.push({ pod: one, workload: await reader.workloadOf(one) });
  const siblings =
    workload.kind === "deployment"
      ? (await reader.pods(pod.namespace, workload.deployment.selector)).filter(({ finished }) => !finished)
      : [];
  const singleNodeClaims = await reader.singleNodeClaims(pod);
  const read = { at: parts.clock.now(), pod, workload, budgets, covered, siblings, singleNodeClaims };
  // Other nodes are looked at only where all else speaks for a move.
  const roomOn =
    lackOf(read) === null ? await roomFor(pod, parts.mirrors, (call) => fencedCall(parts, lease, call)) : null;
  return { ...read, roomOn };
}

class Reader {
  readonly #parts: ReadParts;
  readonly #lease: Lease;
  readonly #workloads = new Map<string, Promise<Workload>>();

  constructor(parts: ReadParts, lease: Lease) {
    this.#parts = parts;
    this.#lease = lease;
  }

  async pods(namespace: string, selector: LabelSelector): Promise<readonly Pod[]> {
    const labelSelector = labelSelectorText(selector);
    const answer = await fencedCall(this.#parts, this.#lease, {
      verb: "list",
      resource: "pods",
      namespace,
      limit: PODS_MOST,
      ...(labelSelector === "" ? {} : { labelSelector }),
    });
    return (answer.kind === "answered" && answer.code === 200 ? parsePodList(answer.body) : null) ?? [];
  }

  workloadOf({ namespace, controller }: Pod): Promise<Workload> {
    if (controller === null) return Promise.resolve({ kind: "none" });
    const known = this.#workloads.get(controller.uid);
    if (known !== undefined) return known;
    const isLooked = this.#workloads.size < OWNERS_MOST;
    const read = isLooked ? this.#read(namespace, controller) : Promise.resolve(plain(controller, null));
    this.#workloads.set(controller.uid, read);
    return read;
  }

  async singleNodeClaims({ namespace, needs }: Pod): Promise<readonly string[]> {
    const found: string[] = [];
    for (const name of needs.claims) {
      const claim = await this.#get("persistentvolumeclaims", namespace, name);
      // A claim that can't be read is taken for one that ties the pod to its node.
      if (claim === null || isForOneNode(claim)) found.push(name);
    }
    return found;
  }

  async #read(namespace: string, owner: Owner): Promise<Workload> {
    const isOf = (group: string, ...kinds: readonly string[]): boolean =>
      owner.apiVersion.startsWith(`${group}/`) && kinds.includes(owner.kind);
    if (isOf("batch", "Job")) return plain(owner, null);
    if (isOf("apps", "StatefulSet"))
      return plain(owner, replicasOf(await this.#get("statefulsets", namespace, owner.name)));
    if (!isOf("apps", "ReplicaSet")) return { kind: "operator", owner };
    const set = await this.#get("replicasets", namespace, owner.name);
    const above = set === null ? null : ownerIn(set);
    if (above === null) return plain(owner, replicasOf(set));
    if (above.kind !== "Deployment" || !above.apiVersion.startsWith("apps/")) return { kind: "operator", owner: above };
    const deployment = parseDeployment(await this.#get("deployments", namespace, above.name));
    return deployment === null ? plain(above, replicasOf(set)) : { kind: "deployment", owner: above, deployment };
  }

  async #get(resource: Resource, namespace: string, name: string): Promise<Json | null> {
    const answer = await fencedCall(this.#parts, this.#lease, { verb: "get", resource, namespace, name });
    return answer.kind === "answered" && answer.code === 200 ? answer.body : null;
  }
}

const plain = (owner: Owner, replicas: number | null): Workload => ({ kind: "plain", owner, replicas });
