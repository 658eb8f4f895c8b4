import type { Call } from "../../coordinator/ports.ts";
import { type Duration, formatInstant, MINUTE } from "../../core/instant.ts";
import type { SimCluster } from "../cluster.ts";
import type { SeededRandom } from "../random.ts";
import { at, list, nameOf, text } from "../rules/world.ts";

const LOOK_EVERY: Duration = 4 * MINUTE;

/** Ana and Ben: they approve what waits for them, force or retry what is stuck, and make mistakes now and then. */
export class People {
  readonly #cluster: SimCluster;
  readonly #random: SeededRandom;
  readonly #mayForce: boolean;
  #asked = 0;

  constructor(cluster: SimCluster, random: SeededRandom, mayForce: boolean) {
    this.#cluster = cluster;
    this.#random = random;
    this.#mayForce = mayForce;
  }

  start(): void {
    this.#cluster.clock.after(LOOK_EVERY, () => {
      for (const reboot of this.#cluster.store.all("nodereboots")) this.#lookAt(reboot);
      this.start();
    });
  }

  #lookAt(reboot: unknown): void {
    const node = nameOf(reboot);
    const holds = list(at(reboot, "status", "holds")).map((hold) => text(at(hold, "kind")));
    const isBlocked = text(at(reboot, "status", "outcome", "why", "kind")) === "blocked";
    if (holds.includes("approval") && this.#random.chance(0.5)) this.#decide("approve", node);
    if (holds.includes("reboot did not happen")) this.#decide("retry", node);
    if (isBlocked && this.#mayForce && this.#random.chance(0.4)) this.#decide("force", node);
    if (this.#random.chance(0.005)) this.#decide("retry", node);
    if (this.#random.chance(0.005)) this.#decide("skip", node);
  }

  #decide(verb: string, node: string): void {
    this.#asked += 1;
    const who = this.#random.pick(["ana", "ben", "mallory"]) ?? "ana";
    const until = verb === "skip" ? { until: formatInstant(this.#cluster.clock.now() + 30 * MINUTE) } : {};
    this.#write(who, {
      verb: "create",
      resource: "rebootdecisions",
      object: {
        apiVersion: "bootswain.dev/v1alpha1",
        kind: "RebootDecision",
        metadata: { name: `${verb}-${this.#asked}` },
        spec: {
          verb,
          targets: [{ node }],
          by: { system: "kubernetes", id: `${who}@example.com` },
          reason: "it must go",
          ...until,
        },
      },
    });
  }

  #write(who: string, call: Call): void {
    this.#cluster.server.handle(who, call);
  }
}
