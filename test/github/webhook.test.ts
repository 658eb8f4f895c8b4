import { expect, test } from "vitest";
import { SECOND } from "../../bot/core/instant.ts";
import { automaticPolicyText } from "../cluster/policy-text.ts";
import { POLL, Workshop } from "./workshop.ts";

/** Long enough for a hint to make its way, and much shorter than a poll. */
const SOON = 8 * SECOND;

let changes = 0;

/** A policy that differs in nothing that matters. */
function another(): string {
  changes += 1;
  return `${automaticPolicyText}# ${changes}\n`;
}

const twoReplicas = (): Promise<Workshop> => Workshop.open({ policy: automaticPolicyText });

/** How often each read the policy while this was done. */
async function readingsDuring({ readings }: Workshop, run: () => Promise<void>): Promise<readonly number[]> {
  const before = new Map(readings);
  await run();
  return ["bot a", "bot b"].map((name) => (readings.get(name) ?? 0) - (before.get(name) ?? 0));
}

test.each(["leader", "standby"] as const)(
  "the %s is told of a push, and the leader acts by the new commit within seconds",
  async (who) => {
    const replicas = await twoReplicas();
    replicas.to(who);
    const next = replicas.commit(another());
    const readings = await readingsDuring(replicas, () => replicas.pass(SOON));
    expect(replicas.inForce.at(-1)).toBe(next);
    expect(readings).toEqual([1, 1]);
    expect(replicas.outcomes).toEqual(["ping", "told"]);
  },
);

test("webhook lost: the next poll finds the commit", async () => {
  const replicas = await twoReplicas();
  replicas.webhooks.lose();
  const next = replicas.commit(another());
  await replicas.pass(SOON);
  expect(replicas.inForce).toHaveLength(1);
  await replicas.pass(POLL);
  expect(replicas.inForce).toEqual([expect.anything(), next]);
});

test("webhook late: the commit is in force already, and one more look changes nothing", async () => {
  const replicas = await twoReplicas();
  const held = replicas.webhooks.hold();
  const next = replicas.commit(another());
  await replicas.pass(POLL + SOON);
  expect(replicas.inForce.at(-1)).toBe(next);
  held.stop();
  expect(await readingsDuring(replicas, () => replicas.pass(SOON))).toEqual([1, 1]);
  expect(replicas.inForce).toEqual([expect.anything(), next]);
});

test("webhook out of order: the delivery of an older push brings no older policy back", async () => {
  const replicas = await twoReplicas();
  const lost = replicas.webhooks.lose();
  const older = replicas.commit(another());
  lost.stop();
  const { guid = "" } = replicas.webhooks.deliveries.at(-1) ?? {};
  const newer = replicas.commit(another());
  await replicas.pass(SOON);
  await replicas.webhooks.redeliver(guid);
  await replicas.pass(SOON);
  expect(replicas.outcomes).toEqual(["ping", "told", "told"]);
  expect(replicas.inForce.slice(1)).toEqual([newer]);
  expect(replicas.inForce).not.toContain(older);
});

test("webhook of another branch: nobody looks", async () => {
  const replicas = await twoReplicas();
  replicas.commit(another(), "other");
  expect(await readingsDuring(replicas, () => replicas.pass(SOON))).toEqual([0, 0]);
  expect(replicas.outcomes).toEqual(["ping", "other"]);
});

test("the same delivery id twice: one look", async () => {
  const replicas = await twoReplicas();
  const next = replicas.commit(another());
  await replicas.pass(SOON);
  const { guid = "" } = replicas.webhooks.deliveries.at(-1) ?? {};
  expect(await replicas.webhooks.redeliver(guid)).toBe(200);
  expect(await readingsDuring(replicas, () => replicas.pass(SOON))).toEqual([0, 0]);
  expect(replicas.inForce).toEqual([expect.anything(), next]);
});

test("the same delivery id twice, before and after a restart: it is a hint again, and no more", async () => {
  const replicas = await twoReplicas();
  const next = replicas.commit(another());
  await replicas.pass(SOON);
  const { guid = "" } = replicas.webhooks.deliveries.at(-1) ?? {};
  await replicas.restart();
  await replicas.pass(SOON);
  expect(await replicas.webhooks.redeliver(guid)).toBe(202);
  expect(await readingsDuring(replicas, () => replicas.pass(SOON))).toEqual([1, 1]);
  expect(replicas.inForce).toEqual([expect.anything(), next]);
});

test("the same delivery id on two replicas: it is a hint again, and no more", async () => {
  const replicas = await twoReplicas();
  const next = replicas.commit(another());
  await replicas.pass(SOON);
  replicas.to("leader");
  const { guid = "" } = replicas.webhooks.deliveries.at(-1) ?? {};
  expect(await replicas.webhooks.redeliver(guid)).toBe(202);
  expect(await readingsDuring(replicas, () => replicas.pass(SOON))).toEqual([1, 1]);
  expect(replicas.inForce).toEqual([expect.anything(), next]);
});

test("a storm of pushes: no reading every moment, and the last commit is in force", async () => {
  const replicas = await twoReplicas();
  const readings = await readingsDuring(replicas, async () => {
    for (let push = 0; push < 60; push += 1) {
      replicas.commit(another());
      await replicas.pass(SECOND / 4);
    }
  });
  const last = replicas.commit(another());
  await replicas.pass(SOON);
  expect(replicas.inForce.at(-1)).toBe(last);
  for (const times of readings) {
    expect(times).toBeGreaterThanOrEqual(4);
    expect(times).toBeLessThanOrEqual(6);
  }
});

test("the branch is deleted: it is said within seconds, and the last good policy stays in force", async () => {
  const replicas = await twoReplicas();
  replicas.commit(another(), "other");
  replicas.repository.deleteBranch("main");
  await replicas.pass(SOON);
  const policy = replicas.cluster.leaderTurn()?.policyStatus;
  expect(policy).toMatchObject({
    valid: false,
    problems: [expect.stringContaining('neither a branch nor a tag "main"')],
    commit: replicas.inForce[0],
  });
});
