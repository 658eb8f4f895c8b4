import type { Gates } from "../coordinator/ports.ts";
import type { GateAnswer } from "../core/fleet/gate.ts";
import { type Duration, SECOND } from "../core/instant.ts";
import { readAlerts } from "./alertmanager.ts";
import { type Endpoint, optionOf, type Program } from "./endpoint.ts";
import { readQuery } from "./prometheus.ts";

export interface GateReaderOptions {
  /** Null where the bot was told of none. */
  readonly prometheus: Endpoint | null;
  readonly alertmanager: Endpoint | null;
  /** Of a whole reading. */
  readonly deadline?: Duration;
}

const DEADLINE = 10 * SECOND;

/** Asks the real programs over HTTP. Keeps nothing between two readings. */
export function gateReader({ prometheus, alertmanager, deadline = DEADLINE }: GateReaderOptions): Gates {
  return {
    read: async (gate) => {
      switch (gate.kind) {
        case "alerts":
          return alertmanager === null ? notNamed("Alertmanager") : readAlerts(alertmanager, gate, deadline);
        case "query":
          return prometheus === null ? notNamed("Prometheus") : readQuery(prometheus, gate.mustHold, deadline);
        default:
          return gate satisfies never;
      }
    },
  };
}

function notNamed(program: Program): GateAnswer {
  const why = `the policy has a gate on ${program}, and the bot was started without ${optionOf(program)}`;
  return { kind: "unreachable", why };
}
