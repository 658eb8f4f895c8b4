import { describe, expect, test } from "vitest";
import type { Answer, Call } from "../coordinator/ports.ts";
import type { EvictionAnswer } from "../core/fleet/snapshot.ts";
import { MINUTE, SECOND } from "../core/instant.ts";
import { NOW } from "../core/testing/now.ts";
import { aBudget, aPod } from "../core/testing/pods.ts";
import { evict } from "./evict.ts";
import { answered, LEASE, scripted, status, unanswered } from "./testing/scripted.ts";

const TOO_MANY = "Cannot evict pod as it would violate the pod's disruption budget.";
const refused = (cause = "The disruption budget web needs 1 healthy pods and has 1 currently", retryAfter?: number) =>
  answered(429, status(TOO_MANY, [cause]), retryAfter);
const POD = { metadata: { name: "web-1", namespace: "web", uid: "uid-web-1", resourceVersion: "7" } };
const ANOTHER = { metadata: { ...POD.metadata, uid: "uid-other" } };

/** What came of one eviction of web-1, and the calls on pods that were made for it. */
async function evicted(script: (call: Call) => Answer, budgets = [aBudget()]) {
  const { parts, mirrors, calls } = scripted(NOW, script);
  for (const budget of budgets) mirrors.store.budgets.set(`web/${budget.name}`, budget);
  mirrors.store.showPods("worker-1", "o1", new Map([["uid-web-1", aPod()]]));
  const pod = { node: "worker-1", namespace: "web", name: "web-1", uid: "uid-web-1" };
  const performed = await evict(parts, LEASE, { kind: "Evict", pod, graceSeconds: null });
  return {
    performed,
    known: mirrors.store.evictionOf("uid-web-1"),
    isThere: mirrors.store.podOf("worker-1", "uid-web-1") !== null,
    calls: calls.filter(({ resource, verb }) => resource === "pods" && verb !== "list").map(({ verb }) => verb),
  };
}

const toEviction =
  (answer: Answer, then: Answer = answered(404)) =>
  (call: Call) =>
    call.verb === "evict" ? answer : call.resource === "pods" && call.verb === "get" ? then : answered(404);

describe("the Eviction API's answers", () => {
  test("the pod's UID is the precondition", async () => {
    const { parts, calls } = scripted(NOW, toEviction(answered(404)));
    const pod = { node: "worker-1", namespace: "web", name: "web-1", uid: "uid-web-1" };
    await evict(parts, LEASE, { kind: "Evict", pod, graceSeconds: 5 });
    expect(calls[0]).toEqual({
      verb: "evict",
      resource: "pods",
      namespace: "web",
      name: "web-1",
      uid: "uid-web-1",
      graceSeconds: 5,
    });
  });

  test("404 is gone", async () => {
    const { parts, mirrors } = scripted(NOW, toEviction(answered(404)));
    mirrors.store.showPods("worker-1", "o1", new Map());
    const pod = { node: "worker-1", namespace: "web", name: "web-1", uid: "uid-web-1" };
    expect(await evict(parts, LEASE, { kind: "Evict", pod, graceSeconds: null })).toBe("done");
  });

  test("409 is read again: another UID under the name means that ours is gone", async () => {
    expect(await evicted(toEviction(answered(409), answered(200, ANOTHER)))).toMatchObject({
      calls: ["evict", "get"],
      known: null,
    });
  });

  test("201 without an effect that is seen is read again before anything is tried anew", async () => {
    expect(await evicted(toEviction(answered(201), answered(200, POD)))).toMatchObject({
      performed: "retry",
      calls: ["evict", "get"],
      known: null,
      isThere: true,
    });
  });

  test.each<[string, Answer, Partial<EvictionAnswer>]>([
    [
      "429 with the cause DisruptionBudget is a refusal",
      refused(),
      { kind: "refused", budgets: ["web/web"], retryAt: NOW + 15 * SECOND },
    ],
    [
      "429 of a budget that is still being processed is not",
      refused("The disruption budget web is still being processed by the server.", 10 * SECOND),
      { kind: "wait", budgets: ["web/web"] },
    ],
    [
      "another 429 waits for as long as the server asks, and is no blocker to force",
      answered(429, status("The server has received too many requests"), MINUTE),
      { kind: "wait", budgets: [], retryAt: NOW + MINUTE },
    ],
    [
      "a webhook's 429 is none either",
      answered(429, status("Eviction triggered evacuation of VMI")),
      { kind: "wait", budgets: [] },
    ],
    [
      "500 about several budgets is a misconfiguration",
      answered(
        500,
        status("This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."),
      ),
      { kind: "misconfigured", budgets: ["web/web"] },
    ],
    [
      "403 of a terminating namespace waits",
      answered(403, status("unable to create new content in namespace web because it is being terminated")),
      { kind: "wait", budgets: [] },
    ],
    [
      "what else is refused fails that pod only",
      answered(403, status("denied by policy")),
      { kind: "wait", budgets: [], message: "denied by policy" },
    ],
  ])("%s", async (_, answer, expected) => {
    const { performed, known, isThere } = await evicted(toEviction(answer));
    expect([performed, isThere]).toEqual(["done", true]);
    expect(known).toMatchObject(expected);
  });

  test.each<[string, Answer]>([
    ["another 5xx", answered(503, status("etcd is away"))],
    ["500 about anything else", answered(500, status("boom"))],
    ["no answer", unanswered],
  ])("%s is retried after a fresh look, and nothing is held against the pod", async (_, answer) => {
    expect(await evicted(toEviction(answer, answered(200, POD)))).toEqual({
      performed: "retry",
      known: null,
      isThere: true,
      calls: ["evict", "get"],
    });
  });

  test("a refusal against a budget that was changed and not judged yet only waits", async () => {
    const { known } = await evicted(toEviction(refused()), [aBudget({ generation: 2, observedGeneration: 1 })]);
    expect(known?.kind).toBe("wait");
  });

  test("a refusal is nobody's when the pod that was meant is gone by then", async () => {
    const { parts, mirrors } = scripted(NOW, toEviction(refused()));
    mirrors.store.showPods("worker-1", "o1", new Map());
    const pod = { node: "worker-1", namespace: "web", name: "web-1", uid: "uid-web-1" };
    await evict(parts, LEASE, { kind: "Evict", pod, graceSeconds: null });
    expect(mirrors.store.evictionOf("uid-web-1")).toBeNull();
  });
});

test("one against a budget that can't be worked out is a refusal, though the server calls it still being processed", async () => {
  const budget = aBudget({ generation: 1, observedGeneration: 0, syncProblem: "found no controllers for pod" });
  const answer = refused("The disruption budget web is still being processed by the server.");
  const { known } = await evicted(toEviction(answer), [budget]);
  expect(known).toMatchObject({ kind: "refused", budgets: ["web/web"], evidence: { budgets: [{ name: "web" }] } });
});

test("what explains a refusal is read once while its budget says the same", async () => {
  const { parts, mirrors, calls } = scripted(NOW, toEviction(refused()));
  mirrors.store.budgets.set("web/web", aBudget());
  mirrors.store.showPods("worker-1", "o1", new Map([["uid-web-1", aPod()]]));
  const pod = { node: "worker-1", namespace: "web", name: "web-1", uid: "uid-web-1" };
  await evict(parts, LEASE, { kind: "Evict", pod, graceSeconds: null });
  const first = calls.length;
  await evict(parts, LEASE, { kind: "Evict", pod, graceSeconds: null });
  expect([first > 1, calls.length - first]).toEqual([true, 1]);
});
