import { expect, test } from "vitest";
import type { Fault } from "../../../sim/github/fault.ts";
import { enqueue } from "../../../sim/github/merge-queue.ts";
import { closePull } from "../../../sim/github/pulls.ts";
import { AT } from "../../../sim/github/testing/real-octokit.ts";
import { aBotOf, aReviewedGitHub, CLUSTER, FILE, HOUR, MINUTE, simpleReview } from "../testing/reviewing.ts";
import type { MakeReview } from "./judging.ts";

const CREATE = "POST /repos/{owner}/{repo}/check-runs";
const UPDATE = "PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}";
const GROUPS = "GET /repos/{owner}/{repo}/git/matching-refs/{ref}";
const CHECK = `bootswain/${CLUSTER}`;

interface Options {
  readonly kind?: "app" | "token";
  readonly review?: MakeReview;
  /** By branch, the files of a pull request each. */
  readonly proposed?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** A queue whose branch requires the check, and pull requests that have it; nothing is merged but by the queue. */
async function queued({ proposed = { wider: { "README.md": "x" } }, ...options }: Options = {}) {
  const world = await aReviewedGitHub();
  const { repository, github } = world;
  repository.addRuleset(1, "main", [{ kind: "merge queue" }, { kind: "required checks", contexts: [CHECK] }]);
  const pulls = Object.entries(proposed).map(([branch, files]) => world.propose(files, branch));
  const bot = aBotOf(world, options);
  bot.lead();
  await world.run(2 * MINUTE);
  /** Adds them to the queue; the head of the last one's group. */
  const add = (...numbers: readonly number[]): string => {
    for (const number of numbers) enqueue(github, repository, number);
    return [...repository.mergeGroups.values()].at(-1)?.headSha ?? "";
  };
  const main = () => repository.head("main")?.sha;
  return { world, bot, pulls, add, main };
}

test("one that does not change the policy gets the same as its pull request, by the poll, and is merged", async () => {
  const { world, add, main } = await queued();
  const head = add(1);
  await world.run(2 * MINUTE);
  expect(world.runsOf(head)).toMatchObject([
    {
      name: CHECK,
      conclusion: "success",
      output: {
        title: "does not change policy.yaml",
        summary: expect.stringMatching(
          /^This merge group does not change `policy.yaml`, so nothing is said about it\./,
        ),
      },
    },
  ]);
  expect(main()).toBe(head);
  expect(world.writes()).toEqual([CREATE, CREATE]);
});

test("one with a good policy says what it would do, on its commit alone", async () => {
  const { world, bot, add, main } = await queued({ proposed: { wider: { [FILE]: "two nodes move" } } });
  const comments = world.commentsOn(1);
  const head = add(1);
  await world.run(2 * MINUTE);
  expect(world.runsOf(head)).toMatchObject([
    { conclusion: "success", output: { title: "fine", summary: expect.stringMatching(/^Effect: two nodes move\n/) } },
  ]);
  expect(main()).toBe(head);
  expect(world.commentsOn(1)).toEqual(comments);
  expect(bot.logged.at(-1)).toMatchObject({
    event: "merge group answered",
    fields: { group: expect.stringMatching(/^pr-1-\w{40}$/), head, isGood: true, title: "fine" },
  });
});

test("one with a wrong policy fails with notes on its lines, and the queue drops it", async () => {
  let isStrict = false;
  const review: MakeReview = (proposal) =>
    isStrict && proposal.kind === "text"
      ? simpleReview({ ...proposal, text: "fine\nwrong by now" })
      : simpleReview(proposal);
  const { world, add, main } = await queued({ review, proposed: { wider: { [FILE]: "two nodes move" } } });
  const before = main();
  isStrict = true;
  const head = add(1);
  await world.run(2 * MINUTE);
  expect(world.runsOf(head)).toMatchObject([
    { conclusion: "failure", output: { title: "1 mistakes" }, annotations: [{ path: FILE, start_line: 2 }] },
  ]);
  expect(main()).toBe(before);
  expect(world.repository.mergeGroups.size).toBe(0);
});

test("with a plain token it is a status", async () => {
  const { world, add, main } = await queued({ kind: "token" });
  const head = add(1);
  await world.run(2 * MINUTE);
  expect(world.repository.statuses.at(-1)).toMatchObject({
    ...{ sha: head, state: "success", context: CHECK, description: "does not change policy.yaml" },
  });
  expect(main()).toBe(head);
});

test("a hint has it answered at once", async () => {
  const { world, bot, add, main } = await queued();
  const head = add(1);
  bot.lookAgain("merge_group acme/policy");
  await world.run(5_000);
  expect(main()).toBe(head);
});

test("while the queue is empty GitHub counts no call", async () => {
  const { world } = await queued();
  const before = world.server.requests.length;
  await world.run(30 * MINUTE);
  const later = world.server.requests.slice(before);
  expect(later.filter(({ route }) => route === GROUPS).length).toBeGreaterThan(20);
  expect(new Set(later.map(({ status }) => status))).toEqual(new Set([304]));
});

test("where the check is not required no queue waits for it, and none is asked for", async () => {
  const world = await aReviewedGitHub();
  world.propose({ [FILE]: "two nodes move" });
  const bot = aBotOf(world);
  bot.lead();
  await world.run(30 * MINUTE);
  expect(world.server.requests.filter(({ route }) => route === GROUPS)).toEqual([]);
});

test("branches that only look like a group of this queue are none", async () => {
  const { world } = await queued();
  const { repository } = world;
  const sha = "1".repeat(40);
  for (const name of [`main/v2/pr-1-${sha}`, `main-2/pr-1-${sha}`, `main/pr-x-${sha}`, "main/pr-1-123"]) {
    repository.commit({ branch: `gh-readonly-queue/${name}`, files: { [FILE]: name } });
  }
  await world.run(5 * MINUTE);
  expect(world.writes()).toEqual([CREATE]);
});

/** Another check keeps the group waiting. */
async function waiting(options: Options = {}) {
  const there = await queued(options);
  const { world, pulls } = there;
  for (const { head } of pulls) await succeed(there, head);
  world.repository.addRuleset(2, "main", [{ kind: "required checks", contexts: ["ci"] }]);
  return there;
}

const succeed = ({ world }: Awaited<ReturnType<typeof queued>>, sha: string): Promise<unknown> =>
  world.octokit.rest.repos.createCommitStatus({ ...AT, sha, context: "ci", state: "success" });

test("it is judged as a whole: what those before it in the queue change is in it, for they may be merged by it alone", async () => {
  const { world, add } = await waiting({
    proposed: { wider: { [FILE]: "two nodes move" }, other: { "README.md": "x" } },
  });
  const head = add(1, 2);
  await world.run(2 * MINUTE);
  expect(world.runsOf(head)).toMatchObject([{ conclusion: "success", output: { title: "fine" } }]);
});

test("it is answered once, whatever happens on the branch or to the policy in force, and a new leader repeats nothing", async () => {
  const there = await waiting({ proposed: { wider: { [FILE]: "two nodes move" } } });
  const { world, bot, add } = there;
  const head = add(1);
  await world.run(2 * MINUTE);
  const before = world.writes().length;
  bot.force(undefined);
  bot.lookAgain("a hint");
  await world.run(2 * HOUR);
  bot.follow();
  const next = aBotOf(world);
  next.lead();
  await world.run(5 * MINUTE);
  expect(world.runsOf(head)).toHaveLength(1);
  expect(world.writes().slice(before)).not.toContain(CREATE);
  expect(world.runsOf(head)).toMatchObject([{ output: { summary: expect.stringContaining("at 2026-03-01 10:0") } }]);
});

test("a re-run on it is answered again", async () => {
  const { world, add } = await waiting();
  const head = add(1);
  await world.run(2 * MINUTE);
  await world.octokit.rest.checks.rerequestRun({ ...AT, check_run_id: world.runsOf(head)[0]?.id ?? 0 });
  await world.run(2 * MINUTE);
  expect(world.runsOf(head)).toMatchObject([{ output: { summary: expect.stringContaining("once again") } }]);
  expect(world.writes().at(-1)).toBe(UPDATE);
});

test("one that can't be answered is said, and forgotten when it is gone", async () => {
  const { world, bot, add } = await queued();
  const refused = world.server.faults.failEvery(CREATE, 1, { kind: "status", code: 422, message: "no such head" });
  add(1);
  await world.run(2 * MINUTE);
  expect(bot.says()).toMatchObject({ isTrue: false, says: expect.stringContaining("no such head") });
  expect(bot.logged.at(-1)).toMatchObject({ event: "merge group not answered" });
  refused.stop();
  closePull(world.github, world.repository, 1);
  await world.run(2 * MINUTE);
  expect(bot.says()).toMatchObject({ isTrue: true });
});

const UNLISTED: readonly (readonly [string, Fault, number])[] = [
  ["the bot may not", { kind: "status", code: 403, message: "Resource not accessible by integration" }, 1],
  ["GitHub has trouble for long", { kind: "status", code: 502 }, 1],
  ["an old Enterprise server says 404 where there are none", { kind: "status", code: 404 }, 0],
];

test.each(UNLISTED)("groups that can't be listed, since %s, hold up no pull request", async (_, fault, times) => {
  const { world, bot } = await queued();
  world.server.faults.failEvery(GROUPS, 1, fault);
  const { head } = world.propose({ [FILE]: "two nodes move" }, "other");
  await world.run(5 * MINUTE);
  expect(world.runsOf(head)).toMatchObject([{ conclusion: "success" }]);
  expect(bot.events().filter((event) => event === "merge groups not found")).toHaveLength(times);
  expect(bot.says()).toMatchObject({ isTrue: times === 0 });
});

test("asked too often while it lists groups, it leaves GitHub alone as long as it is told", async () => {
  const { world } = await queued();
  world.server.faults.failNext(GROUPS, { kind: "secondary limit", code: 403, retryAfterSeconds: 300 });
  await world.run(MINUTE + 10_000);
  const before = world.server.requests.length;
  await world.run(3 * MINUTE);
  expect(world.server.requests).toHaveLength(before);
});
