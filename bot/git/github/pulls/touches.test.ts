import { expect, test } from "vitest";
import { closePull, editPull, mergePull } from "../../../sim/github/pulls.ts";
import { TEXT } from "../../../sim/github/testing/real-octokit.ts";
import { aBotOf, aReviewedGitHub, FILE, MINUTE } from "../testing/reviewing.ts";

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
    { body: expect.stringContaining("does not change `policy.yaml`, so nothing is said") },
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
