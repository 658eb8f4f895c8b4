import { expect, test } from "vitest";
import { editPull } from "../../../sim/github/pulls.ts";
import { AT } from "../../../sim/github/testing/real-octokit.ts";
import { aBotOf, aReviewedGitHub, FILE, HOUR, MINUTE, simpleReview, type World } from "../testing/reviewing.ts";

const COMMENT = "POST /repos/{owner}/{repo}/issues/{issue_number}/comments";
const EDIT = "PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}";
const RUNS = "GET /repos/{owner}/{repo}/commits/{ref}/check-runs";

/** Its comment is refused for a good hour, so that it rests for long; then no more, but nobody knows. */
async function restingForLong() {
  const world = await aReviewedGitHub();
  const locked = world.server.faults.failEvery(COMMENT, 1, { kind: "status", code: 422, message: "locked" });
  const { number, head } = world.propose({ [FILE]: "wrong" });
  const bot = aBotOf(world);
  bot.lead();
  await world.run(70 * MINUTE);
  locked.stop();
  await world.run(20 * MINUTE);
  expect(world.commentsOn(number)).toEqual([]);
  return { world, bot, number, head };
}

const rerun = (world: World, head: string): Promise<unknown> =>
  world.octokit.rest.checks.rerequestRun({ ...AT, check_run_id: world.runsOf(head)[0]?.id ?? 0 });

const WORDS: readonly (readonly [string, (world: World, head: string, number: number) => unknown])[] = [
  ["a re-run", rerun],
  ["a push", ({ repository }) => repository.commit({ branch: "wider", files: { [FILE]: "wrong again" } })],
  [
    "an edit of its text",
    ({ github, repository }, _, number) => editPull(github, repository, number, { body: "Please." }),
  ],
];

test.each(WORDS)("%s lifts the rest of its pull request, by the poll", async (_, say) => {
  const { world, bot, number, head } = await restingForLong();
  await say(world, head, number);
  await world.run(2 * MINUTE);
  expect(world.commentsOn(number)).toHaveLength(1);
  expect(bot.says()).toMatchObject({ isTrue: true });
});

test.each(WORDS)("%s lifts it at once, with the webhook", async (_, say) => {
  const { world, bot, number, head } = await restingForLong();
  await say(world, head, number);
  bot.lookAgain("a hint");
  // After a push GitHub works out first what a merge makes of it.
  await world.run(15_000);
  expect(world.commentsOn(number)).toHaveLength(1);
});

test("a re-run that was answered by half is made whole: the comment follows, though the check waits for nothing more", async () => {
  const world = await aReviewedGitHub();
  const { number, head } = world.propose({ [FILE]: "x" });
  let text = "two nodes move";
  const bot = aBotOf(world, { review: () => ({ isGood: true, title: "fine", text, annotations: [] }) });
  bot.lead();
  await world.run(MINUTE);
  world.server.faults.failNext(EDIT, { kind: "status", code: 502 });
  text = "three nodes move";
  await rerun(world, head);
  await world.run(4 * MINUTE);
  expect(world.commentsOn(number)).toMatchObject([{ body: expect.stringContaining("three nodes move") }]);
});

test("a word about another pull request lifts no rest", async () => {
  const { world, bot, number } = await restingForLong();
  world.propose({ [FILE]: "two nodes move" }, "other");
  bot.lookAgain("a hint");
  await world.run(3 * MINUTE);
  expect(world.commentsOn(number)).toEqual([]);
});

/** A review that always fails leaves the re-run waiting, and somebody edits all the time. */
test("a storm of words and webhooks about one that fails leaves it resting: six tries an hour more, and no others", async () => {
  const world = await aReviewedGitHub();
  const { number, head } = world.propose({ [FILE]: "fine" });
  let tries = 0;
  let isBroken = false;
  const bot = aBotOf(world, {
    review: (proposal) => {
      if (!isBroken) return simpleReview(proposal);
      tries += 1;
      throw new Error("out of order");
    },
  });
  bot.lead();
  await world.run(MINUTE);
  isBroken = true;
  await rerun(world, head);
  for (let second = 0; second < HOUR / 1_000; second += 10) {
    editPull(world.github, world.repository, number, { body: `${second}` });
    bot.lookAgain(`${second}`);
    await world.run(10_000);
  }
  expect(tries).toBeGreaterThan(6);
  expect(tries).toBeLessThanOrEqual(6 + 6);
});

test("where GitHub does not say whether a re-run is asked for, the rest goes on, and it is not asked again and again", async () => {
  const { world, number } = await restingForLong();
  world.server.faults.failEvery(RUNS, 1, { kind: "status", code: 404 });
  const before = world.server.requests.length;
  await world.run(20 * MINUTE);
  const asked = world.server.requests.slice(before).filter(({ route }) => route === RUNS);
  expect(asked).toHaveLength(1);
  expect(world.commentsOn(number)).toEqual([]);
});
