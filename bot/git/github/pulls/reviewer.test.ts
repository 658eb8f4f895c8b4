import { expect, test } from "vitest";
import { aPolicy } from "../../../core/testing/builders.ts";
import { closePull, editPull, mergePull } from "../../../sim/github/pulls.ts";
import { AT, TEXT } from "../../../sim/github/testing/real-octokit.ts";
import { aBotOf, aReviewedGitHub, FILE, HOUR, MINUTE, simpleReview } from "../testing/reviewing.ts";

const CREATE = "POST /repos/{owner}/{repo}/check-runs";
const COMMENT = "POST /repos/{owner}/{repo}/issues/{issue_number}/comments";

test("a pull request that does not change the policy hears nothing", async () => {
  const world = await aReviewedGitHub();
  world.propose({ "README.md": "x", "policies/policy.yaml": "wrong" });
  const bot = aBotOf(world);
  bot.lead();
  await world.run(65 * MINUTE);
  expect(world.writes()).toEqual([]);
  expect(bot.says()).toEqual({
    type: "PullRequestsAnswered",
    isTrue: true,
    says: "No pull request changes policy.yaml.",
  });
});

test("one that renames the policy away would leave none", async () => {
  const world = await aReviewedGitHub();
  const { head } = world.propose({ [FILE]: null, "old.yaml": TEXT });
  const bot = aBotOf(world);
  bot.lead();
  await world.run(MINUTE);
  expect(world.runsOf(head)).toMatchObject([
    { conclusion: "failure", output: { summary: expect.stringContaining("policy.yaml would be gone") } },
  ]);
});

test.each([
  ["a link", { kind: "symlink", target: "other.yaml" }, "is a symbolic link"],
  ["a submodule", { kind: "submodule", commit: "2".repeat(40), url: "https://example.com/x" }, "is a submodule"],
  ["more than 256 KiB", { kind: "file", content: Buffer.alloc(256 * 1024 + 1, "a") }, "is larger than 256 KiB"],
  ["no UTF-8", { kind: "file", content: Buffer.from([0x61, 0xff]) }, "is not UTF-8 at byte offset 1"],
  ["a pointer of LFS", "version https://git-lfs.github.com/spec/v1\n", "is a pointer of Git LFS"],
] as const)("in the policy's place %s is no policy", async (_, entry, says) => {
  const world = await aReviewedGitHub();
  const { head } = world.propose({ [FILE]: entry, "other.yaml": "fine" });
  const bot = aBotOf(world);
  bot.lead();
  await world.run(MINUTE);
  expect(world.runsOf(head)).toMatchObject([
    { conclusion: "failure", output: { summary: expect.stringContaining(says) } },
  ]);
});

test("a policy in a folder is found there", async () => {
  const world = await aReviewedGitHub();
  const { head } = world.propose({ "clusters/lab/policy.yaml": "wrong" });
  const bot = aBotOf(world, { path: "clusters/lab/policy.yaml" });
  bot.lead();
  await world.run(MINUTE);
  expect(world.runsOf(head)).toMatchObject([{ conclusion: "failure", output: { title: "1 mistakes" } }]);
});

test("a policy among the last of very many files is found", async () => {
  const world = await aReviewedGitHub();
  const names = Array.from({ length: 250 }, (_, index) => `a/file-${index}`);
  const { head } = world.propose({ ...Object.fromEntries(names.map((name) => [name, name])), [FILE]: "wrong" });
  const bot = aBotOf(world);
  bot.lead();
  await world.run(MINUTE);
  expect(world.runsOf(head)).toHaveLength(1);
});

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
  expect(comment?.body).toMatch(/not on this branch:\n- line 4 of the merged file: ``wrong `once` merged``\n\n<sub>/);
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

test("of more than 300 only those are looked at that changed last", async () => {
  const world = await aReviewedGitHub();
  for (let index = 0; index < 301; index += 1) {
    world.propose({ [`file-${index}`]: "x" }, `branch-${index}`);
    if (index === 0) await world.moveTo(world.clock.now() + 1_000);
  }
  const bot = aBotOf(world);
  bot.lead();
  await world.run(MINUTE);
  const files = world.server.requests.filter(({ route }) => route.endsWith("/files"));
  expect(files).toHaveLength(300);
  expect(files.map(({ path }) => path)).not.toContain("/repos/acme/policy/pulls/1/files");
});

test("one that no longer touches the policy is told so on its new head, and in its comment", async () => {
  const world = await aReviewedGitHub();
  const { number } = world.propose({ [FILE]: "wrong", "README.md": "x" });
  const bot = aBotOf(world);
  bot.lead();
  await world.run(MINUTE);
  const { sha } = world.repository.commit({ branch: "wider", files: { [FILE]: TEXT } });
  await world.run(2 * MINUTE);
  expect(world.runsOf(sha)).toMatchObject([
    { conclusion: "success", output: { title: "does not change policy.yaml" } },
  ]);
  expect(world.commentsOn(number)).toMatchObject([
    { body: expect.stringContaining("does not change `policy.yaml` any more") },
  ]);
  const writes = world.writes();
  bot.stop();
  const next = aBotOf(world);
  next.lead();
  await world.run(65 * MINUTE);
  expect(world.writes()).toEqual(writes);
});

test("a new leader that finds an answer to what is no longer touched takes it back", async () => {
  const world = await aReviewedGitHub();
  world.propose({ [FILE]: "wrong", "README.md": "x" });
  const bot = aBotOf(world);
  bot.lead();
  await world.run(MINUTE);
  bot.stop();
  const { sha } = world.repository.commit({ branch: "wider", files: { [FILE]: TEXT } });
  const next = aBotOf(world);
  next.lead();
  await world.run(MINUTE);
  expect(world.runsOf(sha)).toMatchObject([{ conclusion: "success" }]);
});

test.each([
  ["merged", mergePull],
  ["closed", closePull],
])("%s, it hears nothing more", async (_, end) => {
  const world = await aReviewedGitHub();
  const { number } = world.propose({ [FILE]: "two nodes move" });
  const bot = aBotOf(world);
  bot.lead();
  await world.run(MINUTE);
  const writes = world.writes();
  end(world.github, world.repository, number);
  bot.lookAgain("a hint");
  await world.run(65 * MINUTE);
  expect(world.writes()).toEqual(writes);
  expect(bot.says()).toMatchObject({ says: "No pull request changes policy.yaml." });
});

test("one for another branch is nobody's business, until it is for this one", async () => {
  const world = await aReviewedGitHub();
  world.repository.branch("other");
  const { number, head } = world.propose({ [FILE]: "two nodes move" });
  editPull(world.github, world.repository, number, { base: "other" });
  const bot = aBotOf(world);
  bot.lead();
  await world.run(5 * MINUTE);
  expect(world.writes()).toEqual([]);
  editPull(world.github, world.repository, number, { base: "main" });
  await world.run(2 * MINUTE);
  expect(world.runsOf(head)).toHaveLength(1);
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
