import { type Duration, SECOND } from "../../core/instant.ts";
import { type Stored, storedKey } from "../objects.ts";
import { claimsOf, isFinished, nodeOf } from "../pods.ts";
import { at, text } from "../rules/world.ts";
import { nodeWith, volumeIn, volumeOf } from "../volumes.ts";
import { type ControllerParts, Loop } from "./loop.ts";

const ACTOR = "attach-detach-controller";

interface Use {
  readonly volume: string;
  readonly node: string;
}

/** Attaches a volume to the node of the pod that uses it, to one node at a time, and detaches it some time after that pod. */
export class AttachController {
  readonly #parts: ControllerParts;
  readonly #loop: Loop;
  readonly #leaving = new Set<string>();
  readonly #bootIds = new Map<string, string>();
  #detachAfter: Duration | null = 2 * SECOND;

  constructor(parts: ControllerParts) {
    this.#parts = parts;
    this.#loop = new Loop(parts, () => this.#reconcile(), [50, 500]);
    this.#loop.on("pods", "volumeattachments", "persistentvolumeclaims");
    parts.store.onChange(({ resource, after }) => {
      if (resource === "nodes") this.#seeNode(after);
    });
  }

  /** Null is never, until the node is booted again. What should have been detached meanwhile is, once it is not null. */
  detachIn(length: Duration | null): void {
    this.#detachAfter = length;
    this.#loop.wake();
  }

  #reconcile(): void {
    const uses = this.#uses();
    for (const use of uses) this.#attach(use);
    for (const attachment of this.#parts.store.all("volumeattachments"))
      if (!isUsed(attachment, uses)) this.#detachLater(attachment);
  }

  #uses(): readonly Use[] {
    const { store } = this.#parts;
    const placed = store.all("pods").filter((pod) => nodeOf(pod) !== "" && !isFinished(pod));
    return placed.flatMap((pod) =>
      claimsOf(pod).flatMap((claim) => {
        const volume = volumeOf(store, pod.metadata.namespace, claim);
        return volume === null ? [] : [{ volume, node: nodeOf(pod) }];
      }),
    );
  }

  #attach({ volume, node }: Use): void {
    const { store } = this.#parts;
    if (store.all("volumeattachments").some((one) => volumeIn(one) === volume)) return;
    store.put(ACTOR, "volumeattachments", {
      apiVersion: "storage.k8s.io/v1",
      kind: "VolumeAttachment",
      metadata: { name: `csi-${volume}-${node}` },
      spec: { attacher: "csi.example.com", nodeName: node, source: { persistentVolumeName: volume } },
      status: { attached: true },
    });
  }

  #detachLater(attachment: Stored): void {
    const { uid } = attachment.metadata;
    if (this.#detachAfter === null || this.#leaving.has(uid)) return;
    this.#leaving.add(uid);
    this.#parts.clock.after(this.#detachAfter, () => {
      this.#leaving.delete(uid);
      this.#detach(attachment);
    });
  }

  #detach(attachment: Stored): void {
    const { store } = this.#parts;
    const current = store.get("volumeattachments", storedKey(attachment));
    if (current?.metadata.uid !== attachment.metadata.uid || isUsed(current, this.#uses())) return;
    store.remove(ACTOR, "volumeattachments", storedKey(attachment));
  }

  #seeNode(node: unknown): void {
    const name = text(at(node, "metadata", "name"));
    const bootId = text(at(node, "status", "nodeInfo", "bootID"));
    const known = this.#bootIds.get(name);
    if (bootId !== "") this.#bootIds.set(name, bootId);
    if (known === undefined || bootId === "" || known === bootId) return;
    for (const one of this.#parts.store.all("volumeattachments")) if (nodeWith(one) === name) this.#detach(one);
  }
}

const isUsed = (attachment: Stored, uses: readonly Use[]): boolean =>
  uses.some(({ volume, node }) => volume === volumeIn(attachment) && node === nodeWith(attachment));
