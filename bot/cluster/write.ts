import type { Call, Resource } from "../coordinator/ports.ts";
import type { Step } from "../core/step.ts";
import { newHostReport } from "./resources/host-report.ts";
import { newNodeReboot } from "./resources/node-reboot.ts";
import { formatDecisionStatus } from "./resources/reboot-decision.ts";
import { formatFleet, newFleet } from "./resources/reboot-fleet.ts";
import type { Store } from "./store.ts";

/** One write of one object of ours, and where to read it again if it fails. */
export interface Write {
  readonly call: Call;
  readonly resource: Resource;
  readonly name: string;
}

type PlainWrite = Extract<
  Step,
  {
    kind:
      | "CreateReport"
      | "CreateReboot"
      | "CreateFleet"
      | "SetSlots"
      | "RecordPolicy"
      | "RecordGates"
      | "RecordConditions"
      | "Judge";
  }
>;

const FLEET = "cluster";

export function writeOf(step: PlainWrite, store: Store): Write {
  switch (step.kind) {
    case "CreateReport":
      return create("hostreports", step.node, newHostReport(step.node, step.uid));
    case "CreateReboot":
      return create("nodereboots", step.node, newNodeReboot(step.node, step.uid));
    case "CreateFleet":
      return create("rebootfleets", FLEET, newFleet(FLEET));
    case "SetSlots":
      return fleetStatus(store, step.version, { slots: step.slots });
    case "RecordPolicy":
      return fleetStatus(store, step.version, { policy: step.policy });
    case "RecordGates":
      return fleetStatus(store, step.version, { gates: step.gates });
    case "RecordConditions":
      return fleetStatus(store, step.version, { conditions: step.conditions });
    case "Judge":
      return status(
        "rebootdecisions",
        step.decision,
        formatDecisionStatus(step.decision, step.version, step.judgement),
      );
    default:
      return step satisfies never;
  }
}

const create = (resource: Resource, name: string, object: unknown): Write => ({
  call: { verb: "create", resource, object },
  resource,
  name,
});

const status = (resource: Resource, name: string, object: unknown): Write => ({
  call: { verb: "update", resource, name, subresource: "status", object },
  resource,
  name,
});

/** The rest of the status is taken from the store: if that is newer than the step's version, the server refuses the write. */
function fleetStatus(store: Store, version: string, changes: object): Write {
  const known = store.fleets.get(FLEET);
  const fleet = known ?? { version, paused: null, slots: [], policy: null, gates: [], conditions: [], lookAgain: null };
  return status("rebootfleets", FLEET, formatFleet({ ...fleet, ...changes, version }));
}
