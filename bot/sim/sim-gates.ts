import type { Gates } from "../coordinator/ports.ts";
import type { GateAnswer } from "../core/fleet/gate.ts";
import { type Duration, type Instant, SECOND } from "../core/instant.ts";
import type { AskedGate } from "../core/policy/policy.ts";
import type { WorldClock } from "./clock.ts";
import type { SimProcess } from "./process.ts";
import type { SeededRandom } from "./random.ts";
import { cordonedFor, isUnschedulable, nameOf } from "./rules/world.ts";
import type { Store } from "./store.ts";

/** A time in which a gate is not green. */
export interface Spell {
  readonly gate: string;
  readonly from: Instant;
  readonly until: Instant;
  readonly state: "red" | "unreachable";
}

interface GateParts {
  readonly clock: WorldClock;
  readonly random: SeededRandom;
  readonly store: Store;
  readonly spells: readonly Spell[];
}

const GIVES_UP: Duration = 10 * SECOND;

/** Alertmanager and Prometheus, as far as gates ask them: green but for the spells, and slow now and then. */
export class SimGates {
  readonly #parts: GateParts;

  constructor(parts: GateParts) {
    this.#parts = parts;
  }

  /** As one process sees them. */
  of(process: SimProcess): Gates {
    const { clock, random } = this.#parts;
    return {
      read: (gate) =>
        new Promise((resolve) => {
          const slow = random.chance(0.1) ? random.between(1, 9) * SECOND : random.between(5, 50);
          const delay = this.#stateOf(gate.name) === "unreachable" ? GIVES_UP : slow;
          clock.after(delay, () => {
            const answer = this.#answer(gate);
            process.deliver(() => resolve(answer));
          });
        }),
    };
  }

  #stateOf(gate: string): Spell["state"] | "green" {
    const now = this.#parts.clock.now();
    const spell = this.#parts.spells.find((one) => one.gate === gate && one.from <= now && now < one.until);
    return spell?.state ?? "green";
  }

  #answer({ kind, name }: AskedGate): GateAnswer {
    const state = this.#stateOf(name);
    if (state === "unreachable") return { kind: state, why: "it did not answer within 10 s" };
    const isRed = state === "red";
    if (kind === "query") return { kind, query: { holds: !isRed, value: isRed ? "7" : "0", threshold: "< 1" } };
    const other = { labels: { alertname: "ApiErrors", severity: "critical" } };
    return { kind, alerts: [...this.#aboutOurs(), ...(isRed ? [other] : [])] };
  }

  /** What every cluster says of a node that is being rebooted, and of the reboots. */
  #aboutOurs(): readonly { readonly labels: Readonly<Record<string, string>> }[] {
    const held = this.#parts.store.all("nodes").filter((node) => isUnschedulable(node) && cordonedFor(node) !== "");
    const own = { labels: { alertname: "BootswainNodeBlocked", severity: "critical" } };
    return [own, ...held.map((node) => ({ labels: { alertname: "KubeNodeUnschedulable", node: nameOf(node) } }))];
  }
}
