import { expect, test } from "vitest";
import { AT } from "../../../sim/github/testing/real-octokit.ts";
import { aBotOf, aReviewedGitHub, CLUSTER, FILE, MINUTE } from "../testing/reviewing.ts";
import { markerOf } from "./comment-text.ts";

const MARKER = markerOf(CLUSTER, FILE);
const bodies = (comments: readonly { readonly body: string }[]): readonly string[] => comments.map(({ body }) => body);

test("there is one comment with the problems, which becomes the one with the effect", async () => {
  const world = await aReviewedGitHub();
  const { number } = world.propose({ [FILE]: "wrong\n" });
  const bot = aBotOf(world);
  bot.lead();
  await world.run(MINUTE);
  const [first] = world.commentsOn(number);
  expect(first?.body.split("\n").slice(0, 4)).toEqual([MARKER, "**`bootswain/lab`**", "", "- policy.yaml:1: wrong"]);
  expect(first?.author.login).toBe("bootswain[bot]");
  world.repository.commit({ branch: "wider", files: { [FILE]: "two nodes move\n" } });
  await world.run(2 * MINUTE);
  expect(world.commentsOn(number)).toMatchObject([
    { id: first?.id, body: expect.stringContaining("Effect: two nodes") },
  ]);
});

test("where there is nothing to say, there is no comment", async () => {
  const world = await aReviewedGitHub();
  const { number, head } = world.propose({ [FILE]: "\n" });
  const bot = aBotOf(world);
  bot.lead();
  await world.run(MINUTE);
  expect(world.runsOf(head)).toMatchObject([{ conclusion: "success" }]);
  expect(world.commentsOn(number)).toEqual([]);
});

test("the line that says what was judged is no reason for an edit", async () => {
  const world = await aReviewedGitHub();
  const { number } = world.propose({ [FILE]: "two nodes move\n" });
  const bot = aBotOf(world);
  bot.lead();
  await world.run(MINUTE);
  const before = world.commentsOn(number);
  world.repository.commit({ branch: "wider", files: { "README.md": "x" } });
  bot.lookAgain("a hint");
  await world.run(65 * MINUTE);
  expect(world.commentsOn(number)).toEqual(before);
});

test("comment edited by a person: at the next review it is put right in its place, the marker too", async () => {
  const world = await aReviewedGitHub();
  const { number } = world.propose({ [FILE]: "two nodes move\n" });
  const bot = aBotOf(world);
  bot.lead();
  await world.run(MINUTE);
  const [before] = world.commentsOn(number);
  const comment_id = before?.id ?? 0;
  await world.octokit.rest.issues.updateComment({ ...AT, comment_id, body: "All is well, merge it." });
  await world.run(65 * MINUTE);
  expect(bodies(world.commentsOn(number))).toEqual([expect.stringContaining("Effect: two nodes move")]);
  expect(world.commentsOn(number)).toMatchObject([
    { id: comment_id, body: expect.stringMatching(/^<!-- bootswain: /) },
  ]);
});

test("a comment that lines were broken in by another system's rules is the same", async () => {
  const world = await aReviewedGitHub();
  const { number } = world.propose({ [FILE]: "two nodes move\n" });
  const bot = aBotOf(world);
  bot.lead();
  await world.run(MINUTE);
  const [before] = world.commentsOn(number);
  const body = before?.body.replaceAll("\n", "\r\n") ?? "";
  await world.octokit.rest.issues.updateComment({ ...AT, comment_id: before?.id ?? 0, body });
  const next = aBotOf(world);
  bot.stop();
  next.lead();
  await world.run(5 * MINUTE);
  expect(bodies(world.commentsOn(number))).toEqual([body]);
});

test("comment over 65,536 characters: it is cut at a line, with what was opened closed and a note", async () => {
  const world = await aReviewedGitHub();
  const { number } = world.propose({ [FILE]: "x\n" });
  const text = `<details>\n\n\`\`\`\n${"a line of the text\n".repeat(5_000)}\`\`\`\n</details>`;
  const bot = aBotOf(world, { review: () => ({ isGood: true, title: "fine", text, annotations: [] }) });
  bot.lead();
  await world.run(MINUTE);
  const [comment] = world.commentsOn(number);
  expect(comment?.body.length).toBeLessThanOrEqual(65_536);
  expect(comment?.body).toMatch(
    /a line of the text\n```\n\n<\/details>\n\n…and more, which does not fit here\.\n\n<sub>Judged .*<\/sub>$/,
  );
});

test("deleted by somebody, it is made again once there is another review, and only then", async () => {
  const world = await aReviewedGitHub();
  const { number } = world.propose({ [FILE]: "two nodes move\n" });
  const bot = aBotOf(world);
  bot.lead();
  await world.run(MINUTE);
  const remove = async (): Promise<void> => {
    const comment_id = world.commentsOn(number)[0]?.id ?? 0;
    await world.octokit.rest.issues.deleteComment({ ...AT, comment_id });
  };
  await remove();
  await world.run(65 * MINUTE);
  expect(world.commentsOn(number)).toEqual([]);
  world.repository.commit({ branch: "wider", files: { [FILE]: "three nodes move\n" } });
  await world.run(2 * MINUTE);
  expect(bodies(world.commentsOn(number))).toEqual([expect.stringContaining("three nodes move")]);
});

test("a person who quotes the marker keeps their comment", async () => {
  const world = await aReviewedGitHub();
  const { number } = world.propose({ [FILE]: "two nodes move\n" });
  const body = `${MARKER}\nThis is mine.`;
  await world.octokit.rest.issues.createComment({ ...AT, issue_number: number, body });
  const bot = aBotOf(world);
  bot.lead();
  await world.run(MINUTE);
  expect(bodies(world.commentsOn(number))).toEqual([body, expect.stringContaining("Effect: two nodes move")]);
});

test("where two replicas raced, the older comment stays", async () => {
  const world = await aReviewedGitHub();
  const { number } = world.propose({ [FILE]: "two nodes move\n" });
  const bot = aBotOf(world);
  bot.lead();
  await world.run(MINUTE);
  const [first] = world.commentsOn(number);
  if (first === undefined) throw new Error("no comment");
  world.repository.comments.set(9_999, { ...first, id: 9_999 });
  bot.lookAgain("a hint");
  await world.run(MINUTE);
  expect(world.commentsOn(number)).toEqual([first]);
});

test("among very many comments it is found on a later page", async () => {
  const world = await aReviewedGitHub();
  const { number } = world.propose({ [FILE]: "two nodes move\n" });
  const say = (body: string) => world.octokit.rest.issues.createComment({ ...AT, issue_number: number, body });
  for (let index = 0; index < 120; index += 1) await say(`comment ${index}`);
  const first = aBotOf(world);
  first.lead();
  await world.run(MINUTE);
  first.stop();
  const second = aBotOf(world);
  second.lead();
  await world.run(5 * MINUTE);
  expect(world.commentsOn(number)).toHaveLength(121);
});

test.each([
  ["a plain name", "lab", "policy.yaml", "<!-- bootswain: lab policy.yaml -->"],
  ["a folder", "lab", "clusters/lab-1/policy.yaml", "<!-- bootswain: lab clusters/lab-1/policy.yaml -->"],
  ["a name that would end the marker", "lab", "a -->b<script>", "<!-- bootswain: lab a%20%2D-%3Eb%3Cscript%3E -->"],
  ["a line break", "lab\n", "é", "<!-- bootswain: lab%0A %C3%A9 -->"],
])("%s stands in the marker so that it can't end it", (_, cluster, file, marker) => {
  expect(markerOf(cluster, file)).toBe(marker);
});
