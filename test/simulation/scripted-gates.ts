import type { Gates } from "../../bot/coordinator/ports.ts";
import type { Alert, GateAnswer } from "../../bot/core/fleet/gate.ts";
import type { AskedGate } from "../../bot/core/policy/policy.ts";
import type { SimProcess } from "../../bot/sim/process.ts";

type State = "green" | "red" | "unreachable";

const LATENCY_MILLISECONDS = 20;

/** Alertmanager and Prometheus with the answers that a test gives them; what it says nothing of is green. */
export class ScriptedGates {
  readonly states = new Map<string, State | (() => State)>();
  /** What Alertmanager answers while its gate is green. */
  alerts: readonly Alert[] = [];

  /** As one process sees them. */
  of(process: SimProcess): Gates {
    return {
      read: (gate) =>
        new Promise((resolve) => {
          process.clock().after(LATENCY_MILLISECONDS, () => resolve(this.#answer(gate)));
        }),
    };
  }

  #answer({ kind, name }: AskedGate): GateAnswer {
    const told = this.states.get(name) ?? "green";
    const state = typeof told === "string" ? told : told();
    if (state === "unreachable") return { kind: state, why: "it did not answer within 10 s" };
    const isRed = state === "red";
    if (kind === "query") return { kind, query: { holds: !isRed, value: isRed ? "7" : "0", threshold: "< 1" } };
    return { kind, alerts: isRed ? [{ labels: { alertname: "ApiErrors" } }] : this.alerts };
  }
}
