import { expect, test } from "vitest";
import type { Evidence } from "../../fleet/workload.ts";
import { anEvidence, ofDeployment, ofPlain } from "../../testing/evidence.ts";
import { aPod } from "../../testing/pods.ts";
import { diagnose } from "./diagnose.ts";

test.each<[string, Evidence, string | null]>([
  ["one replica that may surge, with room elsewhere", anEvidence(), null],
  [
    "no surge",
    anEvidence({ workload: ofDeployment({ maxSurge: 0, maxUnavailable: 1 }) }),
    "its Deployment may run no pod more for a while (maxSurge is 0)",
  ],
  [
    "fewer pods in between",
    anEvidence({ workload: ofDeployment({ maxUnavailable: 1 }) }),
    "its Deployment may run with fewer pods for a while (maxUnavailable is 1)",
  ],
  ["paused", anEvidence({ workload: ofDeployment({ isPaused: true }) }), "its Deployment is paused"],
  [
    "rolling out",
    anEvidence({ workload: ofDeployment({ isRollingOut: true }) }),
    "its Deployment is rolling out already",
  ],
  [
    "a replica on another node",
    anEvidence({
      workload: ofDeployment({ replicas: 2 }),
      siblings: [aPod(), aPod({ name: "web-2", node: "worker-2" })],
    }),
    "other pods of its Deployment run elsewhere, and would be restarted, too",
  ],
  [
    "a replica that is not there",
    anEvidence({ workload: ofDeployment({ replicas: 2 }) }),
    "other pods of its Deployment run elsewhere, and would be restarted, too",
  ],
  [
    "a volume of one node",
    anEvidence({ singleNodeClaims: ["data"] }),
    "only one node at a time may use its volume (data)",
  ],
  [
    "a path of the host",
    anEvidence({ pod: aPod({ needs: { ...aPod().needs, hasHostPath: true } }) }),
    "it uses a path of its host",
  ],
  [
    "a port of the host",
    anEvidence({ pod: aPod({ needs: { ...aPod().needs, hasHostPort: true } }) }),
    "it uses a port of its host",
  ],
  ["no room elsewhere", anEvidence({ roomOn: null }), "no other node that it may run on has room for it"],
])("a move is possible by a surge alone: %s", (_, evidence, because) => {
  const deployment = { namespace: "web", name: "web", uid: "uid-web", restartedAt: null };
  expect(diagnose(evidence).move).toEqual(
    because === null ? { kind: "possible", deployment } : { kind: "impossible", because },
  );
});

test("what no Deployment makes is not moved", () => {
  expect(diagnose(anEvidence({ workload: ofPlain("StatefulSet", "db", 1) })).move).toBeNull();
});
