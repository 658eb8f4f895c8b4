import { expect, test } from "vitest";
import { HOUR, MINUTE } from "../../core/instant.ts";
import { aNode, aReboot, aReport } from "../../core/testing/builders.ts";
import { earlier } from "../../core/testing/decisions.ts";
import { NOW } from "../../core/testing/now.ts";
import { aFreeze, aGroup, aPolicy, aPool } from "../../core/testing/policies.ts";
import { APPROVAL, blockedReboot, failedPhase, STUCK } from "../testing/cards.ts";
import { aTurn } from "../testing/turns.ts";
import { detailsText, standText, statusText } from "./details.ts";

const known = (parts: Parameters<typeof aTurn>[0], policy = APPROVAL) => ({ ...aTurn(parts, { policy }), policy });

test("a node that waits: what for, in order, and when it would go", () => {
  const text = standText(known({}, aPolicy({ ...APPROVAL, freezes: [aFreeze()] })), ["worker-1"]);
  expect(text.split("\n")).toEqual([
    "worker-1 (pool control-plane): wants to reboot since 21:30 CST for kernel.",
    "• Reboots are frozen (year end) until Fri Dec 11, 06:00 CST.",
    "• The window of control-plane opens at Fri Dec 11, 06:00 CST.",
    "• worker-1 needs the approval of operators. Ask ana or ben.",
    "It would reboot Fri Dec 11, 06:00 CST, if approved, done by about Fri Dec 11, 06:08 CST.",
  ]);
});

test("a node that is blocked: by which pod", () => {
  expect(standText(known({ ...STUCK, reboots: [blockedReboot()] }, aPolicy()), ["worker-1"])).toContain(
    "In the way: web/web-1: The disruption budget web needs 1 healthy pods and has 1 currently",
  );
});

test("a node that failed, one that is well, and one that is gone", () => {
  const nodes = ["a", "b"].map((name) => aNode({ name }));
  const reboots = [
    aReboot({ node: "a", nodeUid: "uid-a", phase: failedPhase, phaseSince: NOW - MINUTE }),
    aReboot({
      node: "b",
      nodeUid: "uid-b",
      outcome: { kind: "rebooted", at: NOW - HOUR, took: 6 * MINUTE, bootId: "boot-1" },
    }),
  ];
  const reports = [aReport({ node: "a" }), aReport({ node: "b", pending: null })];
  const text = standText(known({ nodes, reboots, reports }), ["a", "b", "c"]);
  expect(text).toContain("a (pool control-plane): failed since 22:29 CST.");
  expect(text).toContain("b (pool control-plane): needs no reboot.\n• It was rebooted last at 21:30 CST, in 6 min.");
  expect(text).toContain("c is gone.");
});

test("a node that somebody wanted rebooted who may no more", () => {
  const parts = { reports: [aReport({ pending: null })], decisions: [earlier("reboot")] };
  const inForce = { ...APPROVAL, groups: new Map([["operators", aGroup("operators", ["ben"])]]) };
  expect(standText(known(parts, inForce), ["worker-1"])).toContain(
    "worker-1 (pool control-plane): needs no reboot; ana wanted it rebooted, which counts no more: ana is not in operators any more.",
  );
});

test("details are of the nodes of that channel alone, those that need a look first", () => {
  const nodes = ["a", "b", "c", "d"].map((name) => aNode({ name, labels: { pool: name === "d" ? "other" : "mine" } }));
  const reboots = nodes.map(({ name, uid }) =>
    aReboot({ node: name, nodeUid: uid, ...(name === "c" ? { phase: failedPhase } : {}) }),
  );
  const reports = nodes.map(({ name }) => aReport({ node: name, ...(name === "a" ? { pending: null } : {}) }));
  const pools = ["mine", "other"].map((name) =>
    aPool({ name, matchLabels: { pool: name }, slackChannel: `C-${name}` }),
  );
  const turn = known({ nodes, reboots, reports }, aPolicy({ pools }));
  const text = detailsText(turn, "C-mine");
  expect(text.split("\n\n").map((block) => block.split(" ")[0])).toEqual(["abal-kuber:", "c", "b", "Need", "Policy"]);
  expect(text).toContain("abal-kuber: 2 of 3 nodes to go.");
  expect(text).toContain("Need no reboot: a.");
  expect(statusText(turn)).toContain("abal-kuber: 3 of 4 nodes to go.");
});

const PAGE = "https://git.example/policies/commit/3f2a9c1";
test.each<[string, Parameters<typeof aPolicy>[0], string]>([
  ["by its commit", {}, 'Policy 3f2a9c1 "widen worker window" by Ana.'],
  [
    "with the request that brought it, and where to see it",
    { url: PAGE, pull: { number: 42, url: "https://git.example/policies/pull/42" } },
    `Policy 3f2a9c1 "widen worker window" (#42) by Ana: ${PAGE}`,
  ],
  ["from a file", { commit: null, subject: null, author: null }, "Policy from a file."],
])("details name the policy in force: %s", (_, origin, line) => {
  expect(
    detailsText(known({}, aPolicy(origin)), "C0123456789")
      .split("\n")
      .at(-1),
  ).toBe(line);
});

test("of very many nodes as many are told as can be read, and how many more there are", () => {
  const nodes = Array.from({ length: 300 }, (_, index) => aNode({ name: `${"node-".repeat(30)}${index}` }));
  const text = detailsText(known({ nodes }), "C0123456789");
  expect(text.length).toBeLessThan(8_300);
  expect(text).toMatch(/\d+ more: say why <node>\.\n\nPolicy/);
  const stand = standText(
    known({ nodes }),
    nodes.map(({ name }) => name),
  );
  expect(stand.length).toBeLessThan(4_000);
  expect(stand).toContain("295 more: say why <node>.");
});
