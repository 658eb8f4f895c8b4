import { expect, test } from "vitest";
import { nodeDigest } from "../../core/decide/digest.ts";
import { memberOf } from "../../core/fleet/member.ts";
import { aNode, aReboot, aReport, aSnapshot } from "../../core/testing/builders.ts";
import { NOW } from "../../core/testing/now.ts";
import { failed } from "../../core/testing/phases.ts";
import { aRefusal } from "../../core/testing/pods.ts";
import { aPolicy, aPool } from "../../core/testing/policies.ts";
import { EXIT, UserError } from "../../process/exit.ts";
import { targetsOf } from "./targets.ts";
import type { Wish } from "./wish.ts";

const inForce = aPolicy({
  pools: [
    aPool({ name: "control-plane", mode: "approval", matchLabels: { role: "control" } }),
    aPool({ name: "workers" }),
    aPool({ name: "spare", matchLabels: { role: "spare" } }),
  ],
});
const control = { role: "control" };
const snapshot = aSnapshot({
  nodes: [
    aNode({ name: "kuber01", labels: control }),
    aNode({ name: "kuber02", labels: control }),
    aNode({ name: "kuber03", labels: control }),
    aNode({ name: "kuber04" }),
    aNode({ name: "kuber05", cordon: { kind: "foreign", liftedFor: null } }),
    aNode({ name: "kuber06" }),
  ],
  reports: [
    aReport({ node: "kuber01" }),
    aReport({ node: "kuber02", pending: null }),
    aReport({ node: "kuber03" }),
    aReport({ node: "kuber04" }),
    aReport({ node: "kuber05" }),
    aReport({ node: "kuber06", pending: null }),
  ],
  reboots: [
    aReboot({ node: "kuber01" }),
    aReboot({ node: "kuber04", blockers: [aRefusal()] }),
    aReboot({ node: "kuber06", phase: failed() }),
  ],
});
const shown = { snapshot, inForce, now: NOW };
const targets = (wish: Pick<Wish, "verb" | "about">) => targetsOf(wish, shown);
const ofPool = (verb: Wish["verb"], pool: string) => targets({ verb, about: { pool } }).map(({ node }) => node);

test.each<[string, Wish["verb"], string, readonly string[]]>([
  ["an approval is of those that wait for one", "approve", "control-plane", ["kuber01", "kuber03"]],
  [
    "anything else is of those that need a reboot or are under way",
    "skip",
    "workers",
    ["kuber04", "kuber05", "kuber06"],
  ],
  ["a cordon is taken over where someone else made it", "adopt", "workers", ["kuber05"]],
  ["released is what has failed", "release", "workers", ["kuber06"]],
])("of a pool: %s", (_, verb, pool, expected) => {
  expect(ofPool(verb, pool)).toEqual(expected);
});

test.each<[string, Wish["verb"], string, UserError]>([
  ["unknown", "skip", "worker", new UserError("There is no pool worker. Did you mean workers?", EXIT.usage)],
  ["empty", "skip", "spare", new UserError("No node of pool spare needs a reboot now.", EXIT.problems)],
  [
    "with nothing to approve",
    "approve",
    "workers",
    new UserError("No node of pool workers waits for an approval now.", EXIT.problems),
  ],
])("no target in a pool that is %s", (_, verb, pool, error) => {
  expect(() => ofPool(verb, pool)).toThrow(error);
});

test("each node is bound to what is there now, and for a force to what blocks it", () => {
  const member = memberOf(snapshot, inForce, "kuber04");
  if (member === null) throw new Error("kuber04 is in the snapshot");
  const about = { nodes: ["04"] };
  expect(targets({ verb: "retry", about })).toEqual([{ node: "kuber04", digest: nodeDigest(member) }]);
  expect(targets({ verb: "force", about })).toEqual([{ node: "kuber04", digest: nodeDigest(member, ["web/web"]) }]);
  expect(targets({ verb: "pause", about: null })).toEqual([]);
});
