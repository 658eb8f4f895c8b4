import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { read } from "../stage.ts";
import { Grounds } from "./grounds.ts";
import { createPod, pin, podsIn, protect, removePod } from "./pods.ts";
import { deletionsIn, evictionsIn } from "./requests.ts";

// draino, internal/kubernetes/drainer_test.go, TestDrain.
let grounds: Grounds;

beforeAll(async () => {
  grounds = await Grounds.open({
    pools: { patient: "drain: { giveUpAfter: 10m }", hasty: "drain: { giveUpAfter: 2s }" },
  });
});

afterEach(() => grounds.leave());

afterAll(() => grounds.close());

test("pod disappears before eviction", async () => {
  const { node, namespace } = await grounds.ground("patient");
  const pod = await createPod(grounds.rest, { namespace, name: "web", node });
  grounds.gate.guard(namespace, async (name) => {
    await removePod(grounds.rest, namespace, name);
    return null;
  });
  await grounds.needsReboot(node);
  await grounds.rebooted(node);
  expect(await grounds.evictions(namespace, 1)).toMatchObject([{ ...pod, code: 404 }]);
});

test("evicted pod replaced with another UID", async () => {
  const { nodes, namespace } = await grounds.wideGround("patient", 2);
  const [node = "", other = ""] = nodes;
  const pod = await createPod(grounds.rest, { namespace, name: "web", node });
  let elsewhere = "";
  grounds.gate.guard(namespace, async (name) => {
    await removePod(grounds.rest, namespace, name);
    elsewhere = (await createPod(grounds.rest, { namespace, name, node: other })).uid;
    return null;
  });
  await grounds.needsReboot(node);
  await grounds.rebooted(node);
  expect(await grounds.evictions(namespace, 1)).toMatchObject([{ ...pod, code: 409 }]);
  expect((await podsIn(grounds.rest, namespace)).map((one) => read(one, "metadata", "uid"))).toEqual([elsewhere]);
});

test("eviction not allowed", async () => {
  const { node, namespace } = await grounds.ground("hasty");
  const [pod] = await pin(grounds.rest, { namespace, name: "web", node });
  await grounds.stopsBeforeDrain(node);
  await protect(grounds.rest, { namespace, name: "web", promise: { minAvailable: 1 }, pods: 1 });
  await grounds.goesOn(node);
  expect(await grounds.gaveUp(node)).toMatchObject({ kind: "blocked", refused: [{ pod: pod?.name, kind: "budget" }] });
  expect(await grounds.isCordoned(node)).toBe(false);
  const audit = await grounds.audit();
  expect(new Set(evictionsIn(audit, namespace).map(({ uid, code }) => `${uid} ${code}`))).toEqual(
    new Set([`${pod?.uid} 429`]),
  );
  expect(deletionsIn(audit, namespace)).toEqual([]);
  expect((await podsIn(grounds.rest, namespace)).map((one) => read(one, "metadata", "uid"))).toEqual([pod?.uid]);
});
