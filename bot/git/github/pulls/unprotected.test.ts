import { expect, test } from "vitest";
import { aBotOf, aReviewedGitHub, FILE, HOUR, MINUTE, type World } from "../testing/reviewing.ts";

const BRANCH = "GET /repos/{owner}/{repo}/branches/{branch}";
const RULES = "GET /repos/{owner}/{repo}/rules/branches/{branch}";
const SAYS = "`main` is not protected: whoever may push to it decides who may approve reboots.";
const LOGGED = { event: "policy branch not protected", fields: { branch: "main" } };

test("where anybody may push to the branch, it is said above the last line of the comment and of the check, and once in the log", async () => {
  const world = await aReviewedGitHub();
  world.repository.unprotect("main");
  const { head, number } = world.propose({ [FILE]: "two nodes move" });
  const bot = aBotOf(world);
  bot.lead();
  await world.run(3 * HOUR);
  const end = `two nodes move\n\n${SAYS}\n\n<sub>Judged `;
  expect(world.runsOf(head)).toMatchObject([{ output: { summary: expect.stringContaining(end) } }]);
  expect(world.commentsOn(number)).toMatchObject([{ body: expect.stringContaining(end) }]);
  expect(bot.logged.filter(({ event }) => event === LOGGED.event)).toEqual([LOGGED]);
  expect(world.writes()).toHaveLength(2);
});

test("it alone is no reason for a comment", async () => {
  const world = await aReviewedGitHub();
  world.repository.unprotect("main");
  const { head, number } = world.propose({ [FILE]: "\n" });
  const bot = aBotOf(world);
  bot.lead();
  await world.run(MINUTE);
  expect(world.runsOf(head)).toMatchObject([{ output: { summary: expect.stringContaining(SAYS) } }]);
  expect(world.commentsOn(number)).toEqual([]);
});

test("protected, the line goes away at the next judgement; open again, it is back", async () => {
  const world = await aReviewedGitHub();
  world.repository.unprotect("main");
  const { head, number } = world.propose({ [FILE]: "two nodes move" });
  const bot = aBotOf(world);
  bot.lead();
  await world.run(MINUTE);
  world.repository.protect("main");
  await world.run(65 * MINUTE);
  const said = () => [...world.commentsOn(number).map(({ body }) => body), world.runsOf(head)[0]?.output.summary];
  expect(said()).toHaveLength(2);
  expect(said().filter((text) => text?.includes("protected"))).toEqual([]);
  world.repository.unprotect("main");
  await world.run(65 * MINUTE);
  expect(said().filter((text) => text?.includes(SAYS))).toHaveLength(2);
  expect(bot.logged.filter(({ event }) => event === LOGGED.event)).toEqual([LOGGED, LOGGED]);
});

const QUIET: readonly (readonly [string, (world: World) => void])[] = [
  ["the branch is protected", ({ repository }) => repository.protect("main")],
  [
    "a ruleset asks for pull requests",
    ({ repository }) => {
      repository.addRuleset(1, "main", [{ kind: "pull request" }]);
    },
  ],
  [
    "the branch can't be read",
    ({ server }) => {
      server.faults.failEvery(BRANCH, 1, { kind: "status", code: 403 });
    },
  ],
  [
    "the rules can't be read",
    ({ server }) => {
      server.faults.failEvery(RULES, 1, { kind: "status", code: 403 });
    },
  ],
];

test.each(QUIET)("%s: nothing is said", async (_, set) => {
  const world = await aReviewedGitHub();
  world.repository.unprotect("main");
  set(world);
  const { head } = world.propose({ [FILE]: "two nodes move" });
  const bot = aBotOf(world);
  bot.lead();
  await world.run(MINUTE);
  expect(world.runsOf(head)).toMatchObject([{ output: { summary: expect.not.stringContaining("protected") } }]);
  expect(bot.events()).toEqual(["pull request answered"]);
});

test("on a server that has no rulesets yet, the branch alone says it", async () => {
  const world = await aReviewedGitHub();
  world.repository.unprotect("main");
  world.github.hasRulesets = false;
  world.propose({ [FILE]: "two nodes move" });
  const bot = aBotOf(world);
  bot.lead();
  await world.run(MINUTE);
  expect(bot.logged).toContainEqual(LOGGED);
});

test("who does not change the policy is not told", async () => {
  const world = await aReviewedGitHub();
  world.repository.unprotect("main");
  world.propose({ "README.md": "x" });
  const bot = aBotOf(world);
  bot.lead();
  await world.run(MINUTE);
  expect(world.writes()).toEqual([]);
});
