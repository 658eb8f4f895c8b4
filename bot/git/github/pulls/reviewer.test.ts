import { expect, test } from "vitest";
import { aPolicy } from "../../../core/testing/policies.ts";
import { AT } from "../../../sim/github/testing/real-octokit.ts";
import { aBotOf, aReviewedGitHub, FILE, HOUR, MINUTE, simpleReview } from "../testing/reviewing.ts";

const CREATE = "POST /repos/{owner}/{repo}/check-runs";
const COMMENT = "POST /repos/{owner}/{repo}/issues/{issue_number}/comments";

test("what a merge makes of it counts, and the notes stand on the lines of the branch", async () => {
  const world = await aReviewedGitHub();
  const { repository } = world;
  const { head, number } = world.propose({ [FILE]: "a\nwrong on both" });
  const base = repository.head("main");
  const files = { [FILE]: "a\nb\nwrong on both\nwrong `once` merged" };
  const { sha } = repository.keep(base, { files }, [head]);
  repository.testMerges.set(number, { base: base?.sha ?? "", head, sha });
  const bot = aBotOf(world);
  bot.lead();
  await world.run(MINUTE);
  const [run] = world.runsOf(head);
  expect(run).toMatchObject({ output: { title: "2 mistakes" }, annotations: [{ start_line: 2 }] });
  const [comment] = world.commentsOn(number);
  expect(comment?.body).toContain("The branch's `policy.yaml` is not what a merge would make of it, since `main` has");
  expect(comment?.body).toContain("policy.yaml:4: wrong `once` merged");
  expect(comment?.body).toMatch(/not on this branch:\n- line 4 of the merged file: wrong `once` merged\n\n<sub>/);
});

test("when what a merge makes of it changes, it is judged again", async () => {
  const world = await aReviewedGitHub();
  const { number } = world.propose({ [FILE]: "two nodes move" });
  const bot = aBotOf(world);
  bot.lead();
  await world.run(MINUTE);
  world.repository.commit({ files: { [FILE]: "something else" } });
  await world.run(2 * MINUTE);
  expect(world.commentsOn(number)[0]?.body).toContain("This branch conflicts with `main`.");
});

test("a branch that conflicts is judged as it is, and is told so", async () => {
  const world = await aReviewedGitHub();
  const { number } = world.propose({ [FILE]: "wrong on the branch" });
  world.repository.commit({ files: { [FILE]: "something else" } });
  const bot = aBotOf(world);
  bot.lead();
  await world.run(MINUTE);
  const [comment] = world.commentsOn(number);
  expect(comment?.body).toContain("This branch conflicts with `main`. This is about the file on this branch");
  expect(comment?.body).toContain("policy.yaml:1: wrong on the branch");
});

test("re-runs update, never repeat: round after round nothing is written, and GitHub counts no call", async () => {
  const world = await aReviewedGitHub();
  world.propose({ [FILE]: "wrong" });
  world.propose({ "README.md": "x" }, "other");
  const bot = aBotOf(world);
  bot.lead();
  await world.run(5 * MINUTE);
  expect(world.writes()).toEqual([CREATE, COMMENT]);
  const before = world.server.requests.length;
  await world.run(40 * MINUTE);
  const later = world.server.requests.slice(before);
  expect(later.length).toBeGreaterThan(100);
  expect(new Set(later.map(({ status }) => status))).toEqual(new Set([304]));
});

test("a new leader repeats nothing", async () => {
  const world = await aReviewedGitHub();
  world.propose({ [FILE]: "wrong" });
  for (let index = 0; index < 3; index += 1) {
    const bot = aBotOf(world);
    bot.lead();
    await world.run(5 * MINUTE);
    bot.follow();
    await world.run(MINUTE);
    expect(bot.says()).toBeNull();
  }
  expect(world.writes()).toEqual([CREATE, COMMENT]);
});

test("one that never led asks nothing", async () => {
  const world = await aReviewedGitHub();
  world.propose({ [FILE]: "wrong" });
  const bot = aBotOf(world);
  bot.follow();
  await world.run(HOUR);
  expect(world.server.requests).toEqual([]);
});

test("a hint makes it look at once, and the hour makes it judge again", async () => {
  const world = await aReviewedGitHub();
  const { number } = world.propose({ [FILE]: "x" });
  let effect = "two nodes move";
  const bot = aBotOf(world, { review: () => ({ isGood: true, title: "fine", text: effect, annotations: [] }) });
  bot.lead();
  await world.run(MINUTE);
  effect = "three nodes move";
  bot.lookAgain("a hint");
  await world.run(5_000);
  expect(world.commentsOn(number)).toMatchObject([{ body: expect.stringContaining("three nodes move") }]);
  effect = "four nodes move";
  await world.run(HOUR - 5 * MINUTE);
  expect(world.commentsOn(number)).toMatchObject([{ body: expect.stringContaining("three nodes move") }]);
  await world.run(10 * MINUTE);
  expect(world.commentsOn(number)).toMatchObject([{ body: expect.stringContaining("four nodes move") }]);
});

test("another policy in force is another judgement", async () => {
  const world = await aReviewedGitHub();
  const { number } = world.propose({ [FILE]: "x" });
  const bot = aBotOf(world, {
    review: (_, { inForce }) => ({ isGood: true, title: "fine", text: `beside ${inForce?.commit}`, annotations: [] }),
  });
  bot.lead();
  await world.run(MINUTE);
  bot.force(aPolicy({ commit: "2".repeat(40) }));
  await world.run(5_000);
  expect(world.commentsOn(number)).toMatchObject([{ body: expect.stringContaining(`beside ${"2".repeat(40)}`) }]);
  bot.force(undefined);
  await world.run(5_000);
  expect(world.commentsOn(number)).toMatchObject([{ body: expect.stringContaining("with no policy in force") }]);
});

test("two clusters in one repository: each has its check and its comment", async () => {
  const world = await aReviewedGitHub();
  const { number, head } = world.propose({ "a.yaml": "wrong", "b.yaml": "two nodes move" });
  const bots = [
    aBotOf(world, { clusterName: "a", path: "a.yaml" }),
    aBotOf(world, { clusterName: "b", path: "b.yaml" }),
  ];
  for (const bot of bots) bot.lead();
  await world.run(5 * MINUTE);
  world.repository.commit({ branch: "wider", files: { "a.yaml": "one node moves" } });
  await world.run(5 * MINUTE);
  const runs = world.runsOf(head).map(({ name, conclusion }) => [name, conclusion]);
  expect(runs.toSorted()).toEqual([
    ["bootswain/a", "failure"],
    ["bootswain/b", "success"],
  ]);
  const said = world.commentsOn(number).map(({ body }) => body.split("\n").with(-1, ""));
  expect(said.toSorted()).toEqual([
    ["<!-- bootswain: a a.yaml -->", "**`bootswain/a`**", "", "Effect: one node moves", "", ""],
    ["<!-- bootswain: b b.yaml -->", "**`bootswain/b`**", "", "Effect: two nodes move", "", ""],
  ]);
});

test("the condition names the newest one and when it was answered", async () => {
  const world = await aReviewedGitHub();
  world.propose({ [FILE]: "wrong" });
  world.propose({ [FILE]: "two nodes move" }, "other");
  const bot = aBotOf(world);
  bot.lead();
  await world.run(MINUTE);
  const says = "The newest pull request that changes policy.yaml, #2, was answered at 2026-03-01 10:00 UTC.";
  expect(bot.says()).toEqual({ type: "PullRequestsAnswered", isTrue: true, says });
  expect(bot.changes()).toBe(1);
});

test("a review that fails is said and disturbs nothing else", async () => {
  const world = await aReviewedGitHub();
  world.propose({ [FILE]: "break" });
  const { head } = world.propose({ [FILE]: "two nodes move" }, "other");
  const bot = aBotOf(world, {
    review: (proposal) => {
      if (proposal.kind === "text" && proposal.text === "break") throw new Error("out of order");
      return simpleReview(proposal);
    },
  });
  bot.lead();
  await world.run(10 * MINUTE);
  expect(world.runsOf(head)).toHaveLength(1);
  expect(bot.events().filter((event) => event === "pull request not answered")).toHaveLength(1);
  expect(bot.says()).toMatchObject({ isTrue: false, says: expect.stringContaining("out of order") });
});

test("one whose files were listed while it moved on is looked at again soon", async () => {
  const world = await aReviewedGitHub();
  const { number } = world.propose({ [FILE]: "two nodes move" });
  const isListed = () => world.server.requests.some(({ route }) => route.endsWith("/files"));
  const bot = aBotOf(world);
  bot.lead();
  await world.run(MINUTE, isListed);
  const { sha } = world.repository.commit({ branch: "wider", files: { [FILE]: "three nodes move" } });
  await world.run(30_000);
  expect(world.runsOf(sha)).toHaveLength(1);
  const { data } = await world.octokit.rest.pulls.get({ ...AT, pull_number: number });
  expect(data.head.sha).toBe(sha);
});
