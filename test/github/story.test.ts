import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { HOUR, MINUTE, SECOND } from "../../bot/core/instant.ts";
import type { CheckRun, Comment } from "../../bot/sim/github/conversation.ts";
import { enqueue } from "../../bot/sim/github/merge-queue.ts";
import { mergePull, openPull } from "../../bot/sim/github/pulls.ts";
import { at, list, text } from "../../bot/sim/rules/world.ts";
import { FILE, POLL, Workshop } from "./workshop.ts";

const CHECK = "bootswain/abal-kuber";
const GOOD = readFileSync(join(import.meta.dirname, "../../policies/abal-kuber.yaml"), "utf8");
const WORKERS = GOOD.indexOf("  - name: workers");
/** The worker's window, which is closed in this story's evening, opens two hours earlier. */
const WIDER = GOOD.slice(0, WORKERS) + GOOD.slice(WORKERS).replace('from: "22:00"', 'from: "20:00"');
/** A slip in each of three lines of the workers' pool. */
const WRONG =
  WIDER.slice(0, WORKERS) +
  WIDER.slice(WORKERS).replace("soak:", "soack:").replace("14d", "14x").replace("retryAfter", "retriAfter");
const WRONG_LINES = [/14x/, /retriAfter/, /soack/].map(
  (slip) =>
    WRONG.slice(WORKERS)
      .split("\n")
      .findIndex((line) => slip.test(line)) + WRONG.slice(0, WORKERS).split("\n").length,
);
/** Fri 2026-12-04 21:00 in Chicago. */
const START = Date.UTC(2026, 11, 5, 3);
/** A webhook, a reading, a write of the record: all of it takes a moment of the cluster's time. */
const SOON = 10 * SECOND;

/** The starting cluster's bots, and its worker with a kernel that waits for a reboot. */
async function workshop(as: "app" | "token", requiredChecks: readonly string[] = []): Promise<Workshop> {
  const shop = await Workshop.open({ policy: GOOD, start: START, as, requiredChecks });
  shop.cluster.addNode({ name: "abal-kuber04", labels: {} }).need("kernel 5.14.0-503 installed, 5.14.0-427 running");
  shop.cluster.startAgent("abal-kuber04");
  await shop.pass(2 * MINUTE);
  return shop;
}

function propose(shop: Workshop, policy: string): number {
  shop.commit(policy, "wider");
  const pull = openPull(shop.github, shop.repository, { title: "Widen the window", author: "ben", head: "wider" });
  if (pull === null) throw new Error("there is nothing to merge");
  return pull.number;
}

const headOf = (shop: Workshop, number: number): string => shop.repository.pulls.get(number)?.head.sha ?? "";

const checkOf = (shop: Workshop, number: number): CheckRun | undefined => {
  const head = headOf(shop, number);
  const found = [...shop.repository.checkRuns.values()].filter((run) => run.headSha === head && run.name === CHECK);
  expect(found.length).toBeLessThan(2);
  return found[0]?.status === "completed" ? found[0] : undefined;
};

const commentsOf = (shop: Workshop, number: number): readonly Comment[] =>
  [...shop.repository.comments.values()].filter((comment) => comment.number === number);

/** Commits of the policy under which the worker's record says that something was done. */
function commitsOf(shop: Workshop): readonly string[] {
  const record = shop.cluster.store.get("nodereboots", "abal-kuber04");
  return list(at(record, "status", "history")).map((entry) => text(at(entry, "policyCommit")));
}

const isUnderWay = (shop: Workshop): boolean => commitsOf(shop).length > 0;

test("three mistakes give three annotations on their lines; mended, the effect appears; merged, the bot acts by it within seconds", async () => {
  const shop = await workshop("app");
  const number = propose(shop, WRONG);
  expect(await shop.until(() => checkOf(shop, number) !== undefined, SOON)).toBe(true);
  const wrong = checkOf(shop, number);
  expect(wrong?.conclusion).toBe("failure");
  const noted = wrong?.annotations.map((note) => [note["path"], note["start_line"], note["annotation_level"]]);
  expect(noted).toEqual(WRONG_LINES.map((line) => [FILE, line, "failure"]));
  await shop.pass(SOON);
  expect(commentsOf(shop, number).map(({ body }) => body)).toEqual([expect.stringContaining("3 problems")]);

  shop.commit(WIDER, "wider");
  expect(await shop.until(() => checkOf(shop, number) !== undefined, SOON)).toBe(true);
  expect(checkOf(shop, number)).toMatchObject({ conclusion: "success", annotations: [] });
  await shop.pass(SOON);
  const [comment, ...others] = commentsOf(shop, number);
  expect(others).toEqual([]);
  expect(comment?.body).toContain("abal-kuber04 would start at once.");
  expect(comment?.author.login).toBe("bootswain[bot]");

  expect([shop.inForce, isUnderWay(shop)]).toEqual([[shop.repository.head("main")?.sha], false]);
  const merged = mergePull(shop.github, shop.repository, number);
  // The node's record may be written before RebootFleet's.
  expect(await shop.until(() => isUnderWay(shop) && shop.inForce.at(-1) === merged, SOON)).toBe(true);
  expect(new Set(commitsOf(shop))).toEqual(new Set([merged]));
  await shop.pass(HOUR / 2);
  expect(commentsOf(shop, number)).toEqual([comment]);
  expect(shop.warnings).toEqual([]);
});

test("without the webhook all of that happens within one poll each", async () => {
  const shop = await workshop("app");
  shop.webhooks.lose();
  const number = propose(shop, WRONG);
  expect(await shop.until(() => checkOf(shop, number)?.annotations.length === 3, POLL + SOON)).toBe(true);
  shop.commit(WIDER, "wider");
  expect(await shop.until(() => checkOf(shop, number)?.conclusion === "success", POLL + SOON)).toBe(true);
  const merged = mergePull(shop.github, shop.repository, number);
  expect(await shop.until(() => isUnderWay(shop), POLL + SOON)).toBe(true);
  expect(new Set(commitsOf(shop))).toEqual(new Set([merged]));
  expect(shop.outcomes).toEqual(["ping"]);
});

test("a plain token says the same by a commit status and the comment", async () => {
  const shop = await workshop("token");
  const number = propose(shop, WRONG);
  const states = (): readonly string[] =>
    shop.repository.statuses
      .filter(({ sha, context }) => sha === headOf(shop, number) && context === CHECK)
      .map(({ state }) => state);
  expect(await shop.until(() => states().at(-1) === "failure", POLL + SOON)).toBe(true);
  await shop.pass(SOON);
  for (const line of WRONG_LINES) expect(commentsOf(shop, number)[0]?.body).toContain(`${FILE}:${line}:`);
  shop.commit(WIDER, "wider");
  expect(await shop.until(() => states().at(-1) === "success", POLL + SOON)).toBe(true);
  await shop.pass(SOON);
  expect(commentsOf(shop, number).map(({ body }) => body)).toEqual([expect.stringContaining("would start at once")]);
});

test.each([
  ["within seconds of the webhook", SOON, false],
  ["within one poll without it", POLL + SOON, true],
])(
  "a merge queue that waits for the check has it %s, merges, and the bot acts by what it merged",
  async (_, soon, isLost) => {
    const shop = await workshop("app", [CHECK]);
    if (isLost) shop.webhooks.lose();
    const number = propose(shop, WIDER);
    expect(await shop.until(() => checkOf(shop, number)?.conclusion === "success", soon)).toBe(true);
    await shop.pass(SOON);
    const comments = commentsOf(shop, number);
    enqueue(shop.github, shop.repository, number);
    const head = shop.repository.mergeGroups.get(number)?.headSha;
    expect(await shop.until(() => shop.repository.head("main")?.sha === head, soon)).toBe(true);
    expect(await shop.until(() => isUnderWay(shop), soon)).toBe(true);
    expect(new Set(commitsOf(shop))).toEqual(new Set([head]));
    expect(commentsOf(shop, number)).toEqual(comments);
    expect(shop.warnings).toEqual([]);
  },
);

test("a request that is never merged changes nothing, whoever it would let decide", async () => {
  const shop = await workshop("app");
  const first = shop.inForce.at(-1);
  const number = propose(shop, WIDER.replace("operators: { people: [ana, ben] }", "operators: { people: [cem] }"));
  expect(await shop.until(() => checkOf(shop, number) !== undefined, SOON)).toBe(true);
  await shop.pass(HOUR / 2);
  expect(shop.inForce).toEqual([first]);
  expect(isUnderWay(shop)).toBe(false);
  const groups = shop.cluster.leaderTurn()?.policy?.groups;
  expect(groups?.get("operators")?.people).toEqual(["ana", "ben"]);
});
