import { expect, test } from "vitest";
import { aBotOf, aReviewedGitHub, CLUSTER, FILE, MINUTE } from "../testing/reviewing.ts";

const SET = "POST /repos/{owner}/{repo}/statuses/{sha}";
const COMMENT = "POST /repos/{owner}/{repo}/issues/{issue_number}/comments";

test("with a plain token there is a commit status, and the comment has the problems with their places", async () => {
  const world = await aReviewedGitHub();
  const { head, number } = world.propose({ [FILE]: "a\nwrong b\n" });
  const bot = aBotOf(world, { kind: "token" });
  bot.lead();
  await world.run(65 * MINUTE);
  expect(world.writes()).toEqual([SET, COMMENT]);
  expect(world.repository.statuses).toMatchObject([
    { sha: head, state: "failure", context: `bootswain/${CLUSTER}`, description: "1 mistakes" },
  ]);
  const [comment] = world.commentsOn(number);
  expect(comment).toMatchObject({ author: { login: "ana" }, body: expect.stringContaining("policy.yaml:2: wrong b") });
});

test("a new leader finds its status and repeats nothing; what somebody else set in its place it sets right", async () => {
  const world = await aReviewedGitHub();
  const { head } = world.propose({ [FILE]: "wrong\n" });
  const first = aBotOf(world, { kind: "token" });
  first.lead();
  await world.run(MINUTE);
  first.stop();
  const second = aBotOf(world, { kind: "token" });
  second.lead();
  await world.run(MINUTE);
  expect(world.writes()).toEqual([SET, COMMENT]);
  const status = { owner: "acme", repo: "policy", sha: head, context: `bootswain/${CLUSTER}` };
  await world.octokit.rest.repos.createCommitStatus({ ...status, state: "success", description: "1 mistakes" });
  second.lookAgain("a hint");
  await world.run(MINUTE);
  expect(world.repository.statuses.at(-1)).toMatchObject({ state: "failure" });
});

test("a description over 140 characters is cut between two characters", async () => {
  const world = await aReviewedGitHub();
  world.propose({ [FILE]: "x\n" });
  const title = `${"a".repeat(138)}🙂🙂`;
  const bot = aBotOf(world, {
    kind: "token",
    review: () => ({ isGood: true, title, text: "", annotations: [] }),
  });
  bot.lead();
  await world.run(MINUTE);
  expect(world.repository.statuses).toMatchObject([{ description: `${"a".repeat(138)}…` }]);
});
