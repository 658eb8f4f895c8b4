import { expect, test } from "vitest";
import { MINUTE } from "../instant.ts";
import type { Policy } from "../policy/policy.ts";
import { aLine, aNode, aReport, type Parts, planned } from "../testing/builders.ts";
import { NOW } from "../testing/now.ts";
import { draining, failed, nextRecord, ORDER, preparing, rebooting, reporting, underWay } from "../testing/phases.ts";
import { aPolicy, aPool } from "../testing/policies.ts";

const BEFORE = { policyCommit: "1111111", policyPull: 41 };
const began = { ...BEFORE, history: [aLine({ ...BEFORE, at: NOW - MINUTE, phase: "preparing", order: ORDER })] };
const PULL = { number: 42, url: "https://git/pull/42" };
const merged = aPolicy({ pull: PULL, pools: [aPool({ reboot: { delay: 0, backWithin: MINUTE } })] });
const ours = { kind: "ours", order: ORDER } as const;
const empty: Parts = { nodes: [aNode({ cordon: ours })], podsListedFor: ORDER };
const back: Parts = { nodes: [aNode({ bootId: "boot-2", cordon: ours })], reports: [aReport({ bootId: "boot-2" })] };
const agent: Parts = { reports: reporting({ ready: NOW }) };

const cases: readonly (readonly [string, Parameters<typeof underWay>[0], Parts])[] = [
  ["begins to drain", preparing(), agent],
  ["gets its order", draining({ emptySince: NOW }), empty],
  ["comes back", rebooting(), back],
  ["comes back though it had failed", failed(), back],
];
test.each(cases)(
  "a node that %s after the policy changed names the new one, and keeps the old line",
  (_, phase, parts) => {
    const next = nextRecord(planned(underWay(phase, { reboot: began, ...parts }), { policy: merged }));
    expect(next).toMatchObject({ policyCommit: "3f2a9c1", policyPull: 42 });
    expect(next?.history.map(({ policyCommit, policyPull }) => [policyCommit, policyPull])).toEqual([
      ["1111111", 41],
      ["3f2a9c1", 42],
    ]);
  },
);

test.each<[string, Policy | undefined, object, object]>([
  [
    "another policy",
    aPolicy({ pools: [] }),
    { policyCommit: "3f2a9c1", policyPull: null },
    { policyCommit: "3f2a9c1" },
  ],
  [
    "a policy of a file",
    aPolicy({ commit: null, pools: [] }),
    { policyCommit: null, policyPull: null },
    { policyCommit: null },
  ],
  ["no policy", undefined, { policyCommit: null, policyPull: null }, BEFORE],
])("a node that steps aside under %s", (_, policy, line, record) => {
  const next = nextRecord(planned(underWay(draining(), { reboot: began }), { policy }));
  expect(next?.phase.kind).toBe("yielding");
  expect(next?.history.at(-1)).toMatchObject(line);
  expect(next).toMatchObject(record);
});
