import { expect, test } from "vitest";
import type { Fault } from "../../../sim/github/fault.ts";
import type { Rule } from "../../../sim/github/rulesets.ts";
import { aBotOf, aReviewedGitHub, CLUSTER, FILE, HOUR, MINUTE, type World } from "../testing/reviewing.ts";

const CREATE = "POST /repos/{owner}/{repo}/check-runs";
const SET = "POST /repos/{owner}/{repo}/statuses/{sha}";
const COMMENT = "POST /repos/{owner}/{repo}/issues/{issue_number}/comments";
const BRANCH = "GET /repos/{owner}/{repo}/branches/{branch}";
const RULES = "GET /repos/{owner}/{repo}/rules/branches/{branch}";
const CHECK = `bootswain/${CLUSTER}`;
const NOTHING = { name: CHECK, conclusion: "success", output: { title: "does not change policy.yaml" } };

const ruled = (world: World, ...rules: readonly Rule[]) => world.repository.addRuleset(1, "main", rules);

const REQUIRING: readonly (readonly [string, (world: World) => void])[] = [
  [
    "by the branch's classic protection",
    ({ repository }) => repository.protect("main", { requiredChecks: ["ci", CHECK] }),
  ],
  [
    "by a ruleset",
    (world) => {
      ruled(world, { kind: "pull request" }, { kind: "required checks", contexts: ["ci", CHECK] });
    },
  ],
  [
    "by classic protection, on a server that has no rulesets yet",
    ({ repository, github }) => {
      github.hasRulesets = false;
      repository.protect("main", { requiredChecks: [CHECK] });
    },
  ],
  [
    "by the last of very many rules",
    (world) => {
      for (let index = 0; index < 150; index += 1) ruled(world, { kind: "required checks", contexts: [`ci-${index}`] });
      ruled(world, { kind: "required checks", contexts: [CHECK] });
    },
  ],
];

test.each(REQUIRING)("%s: where the check is required, each pull request gets it, once", async (_, require) => {
  const world = await aReviewedGitHub();
  require(world);
  const { head, number } = world.propose({ "README.md": "x" });
  const bot = aBotOf(world);
  bot.lead();
  await world.run(3 * HOUR);
  expect(world.runsOf(head)).toMatchObject([NOTHING]);
  expect(world.runsOf(head)[0]?.output.summary).toMatch(/^This pull request does not change `policy.yaml`, so nothing/);
  expect(world.commentsOn(number)).toEqual([]);
  expect(world.writes()).toEqual([CREATE]);
  expect(bot.says()).toMatchObject({ isTrue: true, says: "No pull request changes policy.yaml." });
});

const NOT_REQUIRING: readonly (readonly [string, (world: World) => void])[] = [
  ["other checks are required", ({ repository }) => repository.protect("main", { requiredChecks: ["ci"] })],
  [
    "another cluster's check is required",
    ({ repository }) => repository.protect("main", { requiredChecks: [`${CHECK}-2`] }),
  ],
  [
    "it is required for another branch",
    ({ repository }) => {
      repository.protect("release", { requiredChecks: [CHECK] });
      repository.addRuleset(1, "release", [{ kind: "required checks", contexts: [CHECK] }]);
    },
  ],
  ["nothing is required", () => {}],
];

test.each(NOT_REQUIRING)("%s: then those that do not change the policy hear nothing", async (_, set) => {
  const world = await aReviewedGitHub();
  set(world);
  world.propose({ "README.md": "x" });
  const bot = aBotOf(world);
  bot.lead();
  await world.run(65 * MINUTE);
  expect(world.writes()).toEqual([]);
});

test("with a plain token the required one is a status", async () => {
  const world = await aReviewedGitHub();
  world.repository.protect("main", { requiredChecks: [CHECK] });
  const { head } = world.propose({ "README.md": "x" });
  const bot = aBotOf(world, { kind: "token" });
  bot.lead();
  await world.run(65 * MINUTE);
  expect(world.writes()).toEqual([SET]);
  expect(world.repository.statuses).toMatchObject([
    { sha: head, state: "success", context: CHECK, description: "does not change policy.yaml" },
  ]);
});

test("each newest commit gets it, a new leader repeats nothing, and those with a policy are judged as ever", async () => {
  const world = await aReviewedGitHub();
  world.repository.protect("main", { requiredChecks: [CHECK] });
  world.propose({ "README.md": "x" });
  const { head: wrong } = world.propose({ [FILE]: "wrong" }, "other");
  const first = aBotOf(world);
  first.lead();
  await world.run(5 * MINUTE);
  const { sha } = world.repository.commit({ branch: "wider", files: { "README.md": "y" } });
  await world.run(5 * MINUTE);
  first.stop();
  const second = aBotOf(world);
  second.lead();
  await world.run(5 * MINUTE);
  expect(world.runsOf(sha)).toMatchObject([NOTHING]);
  expect(world.runsOf(wrong)).toMatchObject([{ conclusion: "failure" }]);
  expect(world.writes().toSorted()).toEqual([CREATE, CREATE, CREATE, COMMENT].toSorted());
});

test("one whose policy goes and comes again has the check that belongs to it", async () => {
  const world = await aReviewedGitHub();
  world.repository.protect("main", { requiredChecks: [CHECK] });
  world.propose({ "README.md": "x" });
  const bot = aBotOf(world);
  bot.lead();
  await world.run(MINUTE);
  const { sha } = world.repository.commit({ branch: "wider", files: { [FILE]: "wrong" } });
  await world.run(2 * MINUTE);
  expect(world.runsOf(sha)).toMatchObject([{ conclusion: "failure" }]);
});

test("what is required later is known within about an hour, and GitHub counts no call until then", async () => {
  const world = await aReviewedGitHub();
  const { head } = world.propose({ "README.md": "x" });
  const bot = aBotOf(world);
  bot.lead();
  await world.run(MINUTE);
  world.repository.protect("main", { requiredChecks: [CHECK] });
  await world.run(HOUR - 10 * MINUTE);
  const asked = () => world.server.requests.filter(({ route }) => route === BRANCH || route === RULES).length;
  expect(asked()).toBe(2);
  expect(world.runsOf(head)).toEqual([]);
  await world.run(15 * MINUTE);
  expect(asked()).toBe(4);
  expect(world.runsOf(head)).toMatchObject([NOTHING]);
});

test("the writes of many are a second apart", async () => {
  const world = await aReviewedGitHub();
  world.repository.protect("main", { requiredChecks: [CHECK] });
  for (let index = 0; index < 10; index += 1) world.propose({ [`file-${index}`]: "x" }, `branch-${index}`);
  const times: number[] = [];
  world.github.log.listen(({ kind }) => {
    if (kind === "check-run") times.push(world.clock.now());
  });
  const bot = aBotOf(world);
  bot.lead();
  await world.run(MINUTE);
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  expect(gaps).toHaveLength(9);
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1_000);
});

const REFUSED: readonly (readonly [string, Fault])[] = [
  ["404", { kind: "status", code: 404 }],
  ["403", { kind: "status", code: 403, message: "Resource not accessible by integration" }],
];

test.each(REFUSED)(
  "whether it is required can't be learned (%s): nobody is told, and nobody waits",
  async (_, fault) => {
    const world = await aReviewedGitHub();
    world.repository.protect("main", { requiredChecks: [CHECK] });
    for (const route of [BRANCH, RULES]) world.server.faults.failEvery(route, 1, fault);
    const { head } = world.propose({ "README.md": "x" });
    const { head: wrong } = world.propose({ [FILE]: "wrong" }, "other");
    const bot = aBotOf(world);
    bot.lead();
    await world.run(30 * MINUTE);
    expect(world.runsOf(head)).toEqual([]);
    expect(world.runsOf(wrong)).toMatchObject([{ conclusion: "failure" }]);
    expect(bot.events()).toEqual(["pull request answered"]);
    expect(bot.says()).toMatchObject({ isTrue: true });
    expect(world.server.requests.filter(({ route }) => route === RULES)).toHaveLength(1);
  },
);

const PASSING: readonly (readonly [string, Fault])[] = [
  ["a server error", { kind: "status", code: 502 }],
  ["a page in place of JSON", { kind: "html", code: 200 }],
  ["a connection that is cut", { kind: "cut", arrived: false }],
];

test.each(PASSING)("%s passes: what was known still counts, and is asked for with the next round", async (_, fault) => {
  const world = await aReviewedGitHub();
  world.repository.protect("main", { requiredChecks: [CHECK] });
  world.server.faults.failNext(BRANCH, fault);
  const { head } = world.propose({ "README.md": "x" });
  const bot = aBotOf(world);
  bot.lead();
  await world.run(3 * MINUTE);
  expect(world.runsOf(head)).toMatchObject([NOTHING]);
  world.server.faults.failEvery(BRANCH, 1, fault);
  await world.run(HOUR);
  const { head: later } = world.propose({ "other.md": "x" }, "other");
  await world.run(2 * MINUTE);
  expect(world.runsOf(later)).toMatchObject([NOTHING]);
  expect(bot.says()).toMatchObject({ isTrue: true });
});

test("asked too often while it looks, it leaves GitHub alone as long as it is told", async () => {
  const world = await aReviewedGitHub();
  world.server.faults.failNext(RULES, { kind: "secondary limit", code: 403, retryAfterSeconds: 300 });
  const bot = aBotOf(world);
  bot.lead();
  await world.run(MINUTE);
  const before = world.server.requests.length;
  await world.run(3 * MINUTE);
  expect(world.server.requests).toHaveLength(before);
});
