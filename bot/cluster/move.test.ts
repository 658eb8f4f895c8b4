import { describe, expect, test } from "vitest";
import type { Answer, Call, Json } from "../coordinator/ports.ts";
import { type Move, moveKey } from "../core/fleet/move.ts";
import { formatInstant } from "../core/instant.ts";
import { NOW } from "../core/testing/now.ts";
import { restartDeployment, restoreDeployment } from "./move.ts";
import { restarted } from "./resources/deployment.ts";
import { answered, LEASE, scripted, status, unanswered } from "./testing/scripted.ts";

const move: Move = {
  order: "o1",
  deployment: { namespace: "web", name: "web", uid: "uid-web", restartedAt: null },
  at: NOW,
  pods: ["uid-web-1"],
  state: "moving",
};
const OURS = formatInstant(NOW);

const deployment = (spec: object = {}, uid = "uid-web", isRolledOut = true): Json => ({
  metadata: { name: "web", namespace: "web", uid, generation: 3, resourceVersion: "7" },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: "web" } },
    strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "main" }] } },
    ...spec,
  },
  status: { observedGeneration: isRolledOut ? 3 : 2, replicas: 1, updatedReplicas: 1, readyReplicas: 1 },
});

async function made(
  which: typeof restartDeployment | typeof restoreDeployment,
  read: Answer,
  write: Answer = answered(200),
) {
  const { parts, mirrors, calls } = scripted(NOW, ({ verb }) => (verb === "get" ? read : write));
  const run =
    which === restartDeployment
      ? restartDeployment(parts, LEASE, { kind: "RestartDeployment", node: "worker-1", move })
      : restoreDeployment(parts, LEASE, { kind: "RestoreDeployment", node: "worker-1", move });
  const performed = await run;
  const written = calls.flatMap((call: Call) => (call.verb === "update" ? [call.object] : []));
  return { performed, result: mirrors.store.moves.get(moveKey(move))?.kind ?? null, written };
}

describe("the restart of a Deployment", () => {
  test("is what `kubectl rollout restart` writes, against the version that was read, and changes nothing else", async () => {
    const before = deployment();
    const { performed, result, written } = await made(restartDeployment, answered(200, before));
    expect([performed, result]).toEqual(["done", "restarted"]);
    expect(written).toEqual([restarted(before, OURS)]);
    expect(JSON.stringify(written[0])).toContain(`"annotations":{"kubectl.kubernetes.io/restartedAt":"${OURS}"}`);
    expect(written[0]).toMatchObject({ metadata: { resourceVersion: "7" } });
  });

  test("is made once, also when the answer to it was lost", async () => {
    const { result, written } = await made(restartDeployment, answered(200, restarted(deployment(), OURS)));
    expect([result, written]).toEqual(["restarted", []]);
  });

  test.each<[string, Answer]>([
    ["someone restarted it meanwhile", answered(200, restarted(deployment(), "2026-12-05T04:29:00Z"))],
    ["it is paused", answered(200, deployment({ paused: true }))],
    ["it is rolling out", answered(200, deployment({}, "uid-web", false))],
    ["it may not surge any more", answered(200, deployment({ strategy: { type: "Recreate" } }))],
    ["it was replaced", answered(200, deployment({}, "another"))],
    ["it is gone", answered(404)],
    ["it may not be read", answered(403, status("forbidden"))],
  ])("is not made where %s", async (_, read) => {
    expect(await made(restartDeployment, read)).toEqual({ performed: "done", result: "refused", written: [] });
  });

  test.each<[string, Answer, string, string | null]>([
    ["the server forbids it", answered(403, status("forbidden")), "done", "refused"],
    ["it changed in between", answered(409), "retry", null],
    ["the server has trouble", answered(503), "retry", null],
    ["no answer comes", unanswered, "retry", null],
  ])("when %s", async (_, write, performed, result) => {
    expect(await made(restartDeployment, answered(200, deployment()), write)).toMatchObject({ performed, result });
  });
});

describe("taking it back", () => {
  test("puts back what stood there", async () => {
    const { result, written } = await made(restoreDeployment, answered(200, restarted(deployment(), OURS)));
    expect([result, written]).toEqual(["restored", [restarted(deployment(), null)]]);
  });

  test.each<[string, Answer]>([
    ["someone restarted it since", answered(200, restarted(deployment(), "2026-12-05T04:31:00Z"))],
    ["it was never restarted", answered(200, deployment())],
    ["it was replaced", answered(200, deployment({}, "another"))],
    ["it is gone", answered(404)],
  ])("leaves it alone where %s", async (_, read) => {
    expect(await made(restoreDeployment, read)).toEqual({ performed: "done", result: "restored", written: [] });
  });

  test("is tried until it is done", async () => {
    expect(await made(restoreDeployment, answered(200, restarted(deployment(), OURS)), answered(409))).toMatchObject({
      performed: "retry",
      result: null,
    });
  });
});
