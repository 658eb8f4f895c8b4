import { expect, test } from "vitest";
import type { Answer, Call } from "../coordinator/ports.ts";
import { NOW } from "../core/testing/now.ts";
import { Performer } from "./perform.ts";
import { newNodeReboot } from "./resources/node-reboot.ts";
import { answered, LEASE, scripted, status } from "./testing/scripted.ts";

const NODE = "worker-1";
const record = (uid: string, resourceVersion: string) => ({
  ...Object(newNodeReboot(NODE, "node-uid")),
  metadata: { name: NODE, uid, resourceVersion },
});
const CREATE = { kind: "CreateReboot", node: NODE, uid: "node-uid" } as const;
const FREE = {
  kind: "SetSlots",
  version: "1",
  slots: [],
  freed: [{ node: NODE, uid: "", order: "o" }],
  taken: [],
} as const;

const isReadOfRecord = ({ verb, resource }: Call): boolean => verb === "get" && resource === "nodereboots";

/** A bot that knows the old record of a node, whose Node was deleted and made again. */
async function aBot(answer: (call: Call) => Answer | Promise<Answer>) {
  const list = ({ resource }: Call): Answer =>
    answered(200, {
      metadata: { resourceVersion: "5" },
      items: resource === "nodereboots" ? [record("old", "5")] : [],
    });
  const { parts, mirrors } = scripted(NOW, (call) => (call.verb === "list" ? list(call) : answer(call)));
  mirrors.start(() => {});
  await mirrors.until(() => mirrors.store.reboots.has(NODE), 1_000);
  const pauses: number[] = [];
  const after = (delay: number, run: () => void) => {
    pauses.push(delay);
    return parts.clock.after(delay, run);
  };
  const performer = new Performer({ ...parts, clock: { ...parts.clock, after } });
  return { performer, mirrors, pauses };
}

test("a read that tells late that the old record is gone does not take the new one away", async () => {
  const asked = Promise.withResolvers<void>();
  const late = Promise.withResolvers<Answer>();
  const { performer, mirrors } = await aBot((call) => {
    if (call.verb === "create") return answered(201, record("new", "9"));
    if (!isReadOfRecord(call)) return answered(404);
    asked.resolve();
    return late.promise;
  });
  const freed = performer.perform(FREE, LEASE);
  await asked.promise;
  await performer.perform(CREATE, LEASE);
  late.resolve(answered(404));
  await freed;
  mirrors.stop();
  expect(mirrors.store.reboots.get(NODE)?.version).toBe("9");
});

test("a record that is there, as the server says, is planned with at once; if that does not help, it waits longer each time", async () => {
  const conflict = answered(409, status("nodereboots already exists"));
  const { performer, mirrors, pauses } = await aBot((call) =>
    isReadOfRecord(call) ? answered(200, record("old", "5")) : conflict,
  );
  const pausesOf = async (): Promise<readonly number[]> => {
    pauses.length = 0;
    await performer.perform(CREATE, LEASE);
    return [...pauses];
  };
  expect([await pausesOf(), await pausesOf(), await pausesOf()]).toEqual([[], [1_500], [3_000]]);
  mirrors.stop();
});
