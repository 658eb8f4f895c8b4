import { expect, test } from "vitest";
import type { Fault } from "../../../sim/github/fault.ts";
import { KEY, TOKEN } from "../testing/connected.ts";
import { aBotOf, aReviewedGitHub, FILE, HOUR, MINUTE } from "../testing/reviewing.ts";

const LIST = "GET /repos/{owner}/{repo}/pulls";
const CREATE = "POST /repos/{owner}/{repo}/check-runs";
const COMMENT = "POST /repos/{owner}/{repo}/issues/{issue_number}/comments";
const FILES = "GET /repos/{owner}/{repo}/pulls/{pull_number}/files";

test("304 thrown: what is unchanged is answered from memory, and a tag that counts no more is no trouble", async () => {
  const world = await aReviewedGitHub();
  const { head } = world.propose({ [FILE]: "wrong" });
  const bot = aBotOf(world);
  bot.lead();
  // After an hour the App has another token, and no tag of before counts.
  await world.run(70 * MINUTE);
  expect(world.server.requests.some(({ status }) => status === 304)).toBe(true);
  expect(world.writes()).toEqual([CREATE, COMMENT]);
  expect(world.runsOf(head)).toHaveLength(1);
  expect(bot.events()).toEqual(["pull request answered"]);
});

test("401 mid-run: it stops, says what to check, and goes on where it was when it is let in again", async () => {
  const world = await aReviewedGitHub();
  const { head } = world.propose({ [FILE]: "wrong" });
  const bot = aBotOf(world, { kind: "token" });
  bot.lead();
  await world.run(MINUTE, () => world.writes().length === 1);
  world.github.revoke(TOKEN);
  world.repository.commit({ branch: "wider", files: { [FILE]: "wrong wrong" } });
  await world.run(30 * MINUTE);
  expect(bot.says()).toMatchObject({ isTrue: false, says: expect.stringContaining("--policy-token-file") });
  expect(bot.events().filter((event) => event === "pull requests not answered")).toHaveLength(1);
  const asked = world.server.requests.filter(({ status }) => status === 401).length;
  expect(asked).toBeLessThan(10);
  world.github.addToken({ token: TOKEN, login: "ana" });
  await world.run(12 * MINUTE);
  expect(world.repository.statuses.map(({ sha }) => sha === head)).toEqual([true, false]);
  expect(bot.says()).toMatchObject({ isTrue: true });
  expect(bot.events()).toContain("pull requests answered again");
});

test("secondary 403: everything stops until the time that GitHub names, hints or not", async () => {
  const world = await aReviewedGitHub();
  const { head } = world.propose({ [FILE]: "wrong" });
  world.server.faults.failNext(CREATE, { kind: "secondary limit", code: 403, retryAfterSeconds: 300 });
  const bot = aBotOf(world);
  bot.lead();
  await world.run(MINUTE);
  const before = world.server.requests.length;
  bot.lookAgain("a hint");
  await world.run(3 * MINUTE);
  expect(world.server.requests).toHaveLength(before);
  await world.run(3 * MINUTE);
  expect(world.runsOf(head)).toMatchObject([{ status: "completed" }]);
  expect(bot.says()).toMatchObject({ isTrue: true });
});

test.each([403, 429] as const)(
  "the hour's calls used up (%d): it waits for their return, ten minutes at most",
  async (code) => {
    const world = await aReviewedGitHub();
    const { head } = world.propose({ [FILE]: "wrong" });
    world.server.faults.failNext(FILES, { kind: "primary limit", code, resetIn: 40 * MINUTE });
    const bot = aBotOf(world);
    bot.lead();
    await world.run(MINUTE);
    const before = world.server.requests.length;
    await world.run(8 * MINUTE);
    expect(world.server.requests).toHaveLength(before);
    await world.run(3 * MINUTE);
    expect(world.runsOf(head)).toHaveLength(1);
  },
);

const PASSING: readonly (readonly [string, string, Fault])[] = [
  ["a page instead of JSON, with 200", LIST, { kind: "html", code: 200 }],
  ["a page instead of JSON", FILES, { kind: "html", code: 502 }],
  ["a server error", LIST, { kind: "status", code: 500 }],
  ["a connection that is cut before anything was done", CREATE, { kind: "cut", arrived: false }],
  ["a page in answer to a run that was not made", CREATE, { kind: "html", code: 200 }],
  ["a page in answer to a comment that was not made", COMMENT, { kind: "html", code: 200 }],
  ["a pull request that is not there for a moment", FILES, { kind: "status", code: 404 }],
];

test.each(PASSING)("%s passes: the answer comes with the next try", async (_, route, fault) => {
  const world = await aReviewedGitHub();
  const { head, number } = world.propose({ [FILE]: "wrong" });
  world.server.faults.failNext(route, fault);
  const bot = aBotOf(world);
  bot.lead();
  await world.run(5 * MINUTE);
  expect(world.runsOf(head)).toMatchObject([{ status: "completed", conclusion: "failure" }]);
  expect(world.commentsOn(number)).toHaveLength(1);
  expect(bot.says()).toMatchObject({ isTrue: true });
});

test("what lasts is asked for less and less often, and said once and in the condition", async () => {
  const world = await aReviewedGitHub();
  world.propose({ [FILE]: "wrong" });
  const rule = world.server.faults.failEvery(LIST, 1, { kind: "status", code: 503 });
  const bot = aBotOf(world);
  bot.lead();
  await world.run(MINUTE);
  expect(bot.says()).toBeNull();
  await world.run(HOUR);
  expect(bot.says()).toMatchObject({ isTrue: false, says: expect.stringContaining("503") });
  expect(bot.events()).toEqual(["pull requests not answered"]);
  expect(world.server.requests.filter(({ route }) => route === LIST).length).toBeLessThan(12);
  rule.stop();
  await world.run(11 * MINUTE);
  expect(bot.events()).toEqual(["pull requests not answered", "pull requests answered again", "pull request answered"]);
});

test("one that GitHub does not take (422) rests longer and longer, and holds up no other", async () => {
  const world = await aReviewedGitHub();
  world.server.faults.failEvery(COMMENT, 1, { kind: "status", code: 422, message: "locked" });
  const { number } = world.propose({ [FILE]: "wrong" });
  const { head } = world.propose({ [FILE]: "two nodes move" }, "other");
  const bot = aBotOf(world);
  bot.lead();
  await world.run(3 * HOUR);
  expect(world.runsOf(head)).toHaveLength(1);
  expect(world.commentsOn(number)).toEqual([]);
  const tries = world.writes().filter((route) => route === COMMENT).length;
  expect(tries).toBeGreaterThan(4);
  expect(tries).toBeLessThan(24);
  expect(bot.says()).toMatchObject({ isTrue: false, says: expect.stringContaining("locked") });
});

test("a repository that is gone, or that the bot may not see, is said", async () => {
  const world = await aReviewedGitHub();
  const bot = aBotOf(world, { kind: "token" });
  world.github.deleteRepository(world.repository);
  bot.lead();
  await world.run(MINUTE);
  expect(bot.says()).toMatchObject({ isTrue: false, says: expect.stringContaining("404") });
});

test("one that vanishes between the list and the look is nobody's trouble", async () => {
  const world = await aReviewedGitHub();
  const { number } = world.propose({ [FILE]: "wrong" });
  const bot = aBotOf(world);
  bot.lead();
  await world.run(MINUTE, () => world.server.requests.some(({ route }) => route === LIST));
  world.repository.pulls.delete(number);
  await world.run(5 * MINUTE);
  expect(bot.says()).toMatchObject({ isTrue: true });
});

test("an answer that does not come is given up after 30 s", async () => {
  const world = await aReviewedGitHub();
  const { head } = world.propose({ [FILE]: "wrong" });
  world.server.faults.failNext(LIST, { kind: "slow", delay: 10 * MINUTE });
  const bot = aBotOf(world);
  bot.lead();
  await world.runStuck(31_000);
  expect(bot.logged).toMatchObject([
    { event: "pull requests not answered", fields: { why: "GitHub did not answer within 30 s." } },
  ]);
  await world.run(3 * MINUTE);
  expect(world.runsOf(head)).toHaveLength(1);
});

test("nothing secret is said or logged, whatever answers", async () => {
  const world = await aReviewedGitHub();
  world.propose({ [FILE]: "wrong" });
  const message = `no such token: ${TOKEN}`;
  for (const code of [401, 403, 404, 422, 500]) {
    for (const route of [LIST, FILES, COMMENT]) world.server.faults.failNext(route, { kind: "status", code, message });
  }
  const bot = aBotOf(world, { kind: "token" });
  const said: unknown[] = [];
  bot.lead();
  for (let minute = 0; minute < 120; minute += 5) {
    await world.run(5 * MINUTE);
    said.push(bot.says());
  }
  const all = JSON.stringify([said, bot.logged]);
  expect(all).toContain("not answered");
  expect(all).not.toContain(TOKEN);
  expect(all).not.toContain(KEY.privateKey.slice(40, 80));
});

test("403 of single sign-on: it says to authorize the token, and of no permission that the token has", async () => {
  const world = await aReviewedGitHub();
  world.propose({ [FILE]: "wrong" });
  world.github.enforceSso("acme");
  const bot = aBotOf(world, { kind: "token" });
  bot.lead();
  await world.run(MINUTE);
  expect(bot.says()).toMatchObject({
    isTrue: false,
    says: expect.stringMatching(/; authorize the token for the organization's single sign-on\.$/),
  });
});
