import { expect, test } from "vitest";
import type { Call, Json } from "../coordinator/ports.ts";
import type { Step } from "../core/step.ts";
import { aLine, aReboot } from "../core/testing/builders.ts";
import { NOW } from "../core/testing/now.ts";
import { draining } from "../core/testing/phases.ts";
import { aRefusal } from "../core/testing/pods.ts";
import { Performer } from "./perform.ts";
import { answered, LEASE, scripted } from "./testing/scripted.ts";

/** The Events that are made when a step is performed and all is answered well. */
async function eventsOf(step: Step): Promise<readonly Json[]> {
  const { parts, calls } = scripted(NOW, (call: Call) => answered(call.verb === "create" ? 201 : 200, {}));
  await new Performer(parts).perform(step, LEASE);
  await new Promise((resolve) => setImmediate(resolve));
  return calls.flatMap((call) => (call.verb === "create" && call.resource === "events" ? [call.object] : []));
}

const MERGED = { policyCommit: "3f2a9c1", policyPull: 42 };
const line = (under: object) => ({ history: [aLine({ policyCommit: "1111111" }), aLine(under)] });
const MERGED_TOO = { "bootswain.dev/policy-commit": "3f2a9c1", "bootswain.dev/policy-pull": "42" };
const next = aReboot({ phase: draining(), phaseSince: NOW, policyCommit: "1111111", ...line(MERGED) });
const holding = aReboot({ policyCommit: "1111111", blockers: [aRefusal()] });

test.each<[string, Step, string, object]>([
  [
    "a change of phase, by its line in the record",
    { kind: "SetPhase", version: "1", next, says: "cordon and drain begin" },
    "RebootDraining",
    MERGED_TOO,
  ],
  [
    "what is done under no policy",
    { kind: "WithdrawOrder", version: "1", next: { ...next, ...line({}) }, says: "gives up: there is no good policy" },
    "RebootDraining",
    {},
  ],
  [
    "what blocks a node that waits, by the policy of that moment",
    { kind: "RecordHolds", version: "1", next: holding, says: "would be blocked: PDB web/web", under: MERGED },
    "RebootBlocked",
    MERGED_TOO,
  ],
])("an Event names the policy: %s", async (_, step, reason, annotations) => {
  const events = await eventsOf(step);
  expect(events).toMatchObject([{ reason, metadata: { name: expect.stringMatching(/^worker-1\./) } }]);
  expect(Reflect.get(Object(Reflect.get(Object(events[0]), "metadata")), "annotations")).toEqual(annotations);
});
