import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { turnsOf } from "../audit-checks.ts";
import { read } from "../stage.ts";
import { Grounds } from "./grounds.ts";
import { pin, protect } from "./pods.ts";
import { deletionsIn, evictionsIn } from "./requests.ts";

const COUNT = 10;
const BLOCKED = 3;

let grounds: Grounds;

beforeAll(async () => {
  grounds = await Grounds.open({ pools: { turns: "maxUnavailable: 1, drain: { giveUpAfter: 1s, retryAfter: 30m }" } });
});

afterEach(() => grounds.leave());

afterAll(() => grounds.close());

interface Fleet {
  readonly nodes: readonly string[];
  readonly namespace: string;
  readonly blocked: readonly string[];
  readonly free: readonly string[];
}

/** The blocked ones are first by name, so that it would be their turn. */
async function fleet(replicas: number, minAvailable: number): Promise<Fleet> {
  const { nodes, namespace } = await grounds.wideGround("turns", COUNT);
  const blocked = nodes.slice(0, BLOCKED);
  for (const node of nodes) {
    const isBlocked = blocked.includes(node);
    await pin(grounds.rest, { namespace, name: node, node, replicas });
    const promise = { minAvailable: isBlocked ? minAvailable : 0 };
    await protect(grounds.rest, { namespace, name: node, promise, pods: replicas });
  }
  return { nodes, namespace, blocked, free: nodes.slice(BLOCKED) };
}

test("3 of 10 nodes are blocked: the other 7 finish as if the 3 did not exist", async () => {
  const all = await fleet(1, 1);
  await grounds.needsReboot(...all.nodes);
  for (const node of all.free) await grounds.rebooted(node);
  for (const node of all.blocked) await grounds.isHeld(node, "would be blocked");
  const audit = await grounds.audit();
  expect([...turnsOf(audit, all.nodes)].sort()).toEqual(all.free);
  const evicted = evictionsIn(audit, all.namespace).map(({ name, code }) => [name.slice(0, "node-000".length), code]);
  expect(evicted.sort()).toEqual(all.free.map((node) => [node, 201]));
  for (const node of all.free) expect({ node, calls: grounds.stage.machine(node).calls }).toEqual({ node, calls: 1 });
  for (const node of all.blocked) expect(grounds.stage.machine(node).calls).toBe(0);
});

test("3 of 10 nodes turn out to be blocked by their drains: the other 7 finish, and the 3 are not drained over and over", async () => {
  const all = await fleet(2, 1);
  await grounds.needsReboot(...all.nodes);
  for (const node of all.free) await grounds.rebooted(node);
  // Their pods are back after each try, as if nothing were in the way: that is worth one more try, and no third one.
  for (const node of all.blocked) await grounds.stage.rebootIs(node, (one) => read(one, "status", "tries") === 2);
  for (const node of all.blocked) await grounds.isHeld(node, "back-off");
  for (const node of all.blocked) expect(await grounds.isCordoned(node)).toBe(false);
  const audit = await grounds.audit();
  const turns = turnsOf(audit, all.nodes);
  expect([...turns].sort()).toEqual([...all.blocked, ...all.nodes].sort());
  expect(turns.slice(-BLOCKED).sort()).toEqual(all.blocked);
  expect(deletionsIn(audit, all.namespace)).toEqual([]);
  for (const node of all.blocked) expect(grounds.stage.machine(node).calls).toBe(0);
});
