import { expect, test } from "vitest";
import type { Answer, Call } from "../coordinator/ports.ts";
import { aDecision } from "../core/testing/builders.ts";
import { NOW } from "../core/testing/now.ts";
import { Performer } from "./perform.ts";
import { newDecision } from "./resources/reboot-decision.ts";
import { answered, LEASE, scripted, unanswered } from "./testing/scripted.ts";

const old = aDecision({ name: "old" });
const object = (uid: string, resourceVersion = "7") => ({
  ...Object(newDecision(old)),
  metadata: { name: old.name, uid, resourceVersion, creationTimestamp: "2026-11-01T00:00:00Z" },
});

/** A cluster in which one decision is known, and which answers its deletion so. */
async function deleted(answer: Answer, left: Answer = answered(404)) {
  const list = (call: Call): Answer =>
    answered(200, {
      metadata: { resourceVersion: "1" },
      items: call.resource === "rebootdecisions" ? [object("uid-old")] : [],
    });
  const script = (call: Call): Answer => (call.verb === "list" ? list(call) : call.verb === "delete" ? answer : left);
  const { parts, mirrors, calls } = scripted(NOW, script);
  mirrors.start(() => {});
  await mirrors.until(() => mirrors.store.decisions.size > 0, 1_000);
  await new Performer(parts).perform({ kind: "DeleteDecision", decision: "old", uid: "uid-old" }, LEASE);
  mirrors.stop();
  return { calls: calls.filter(({ verb }) => verb !== "list"), uid: mirrors.store.decisions.get("old")?.uid ?? null };
}

test("the decision with that uid is deleted, and known no longer", async () => {
  const { calls, uid } = await deleted(answered(200));
  expect(calls).toEqual([{ verb: "delete", resource: "rebootdecisions", name: "old", uid: "uid-old" }]);
  expect(uid).toBeNull();
});

test.each<[string, Answer, Answer, string | null]>([
  ["one that is gone already is done", answered(404), answered(404), null],
  [
    "another of that name stays, and is known from then on",
    answered(409),
    answered(200, object("uid-new", "9")),
    "uid-new",
  ],
  ["one that was not deleted stays known", answered(500), answered(500), "uid-old"],
  ["and so does one of which nobody knows", unanswered, unanswered, "uid-old"],
])("%s", async (_, answer, left, uid) => {
  expect((await deleted(answer, left)).uid).toBe(uid);
});
