import type { Cluster, Lease } from "../coordinator/ports.ts";
import type { NodeName } from "../core/fleet/node.ts";
import type { Snapshot } from "../core/fleet/snapshot.ts";
import type { PodsGate } from "../core/policy/policy.ts";
import type { Step } from "../core/step.ts";
import type { CallParts } from "./calls.ts";
import { Mirrors } from "./mirrors.ts";
import { Performer } from "./perform.ts";
import type { StoreIdentity } from "./store.ts";

/** The port `Cluster` over an `Api`, whichever: a real API server's or the simulated one. */
export class LiveCluster implements Cluster {
  readonly mirrors: Mirrors;
  readonly #performer: Performer;

  constructor(parts: CallParts, identity: StoreIdentity) {
    this.mirrors = new Mirrors(parts, identity);
    this.#performer = new Performer({ ...parts, mirrors: this.mirrors });
  }

  start(changed: () => void): void {
    this.mirrors.start(changed);
  }

  stop(): void {
    this.mirrors.stop();
  }

  snapshot(): Snapshot | null {
    return this.mirrors.isReady() ? this.mirrors.store.snapshot() : null;
  }

  perform(step: Step, lease: Lease): Promise<void> {
    return this.#performer.perform(step, lease);
  }

  keepPods(nodes: ReadonlySet<NodeName>): void {
    this.mirrors.keepPods(nodes);
  }

  keepGatePods(gates: readonly PodsGate[]): void {
    this.mirrors.keepGatePods(gates);
  }
}
