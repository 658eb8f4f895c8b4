import { expect, test } from "vitest";
import { parsePolicy } from "../../../policy/parse-policy.ts";
import type { Proposal, Review } from "../../review/review.ts";
import { aBotOf, aReviewedGitHub, CLUSTER, FILE, MINUTE } from "../testing/reviewing.ts";

const wrongLines = (count: number): string =>
  Array.from({ length: count }, (_, index) => `wrong ${index + 1}\n`).join("");
const CREATE = "POST /repos/{owner}/{repo}/check-runs";
const UPDATE = "PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}";
const COMMENT = "POST /repos/{owner}/{repo}/issues/{issue_number}/comments";

test("what a pull request does to the policy is a check run with notes on its wrong lines", async () => {
  const world = await aReviewedGitHub();
  const { head } = world.propose({ [FILE]: "a\nwrong b\nc\nwrong d\n" });
  const bot = aBotOf(world);
  bot.lead();
  await world.run(MINUTE);
  const [run, ...others] = world.runsOf(head);
  expect(others).toEqual([]);
  expect(run).toMatchObject({
    name: `bootswain/${CLUSTER}`,
    status: "completed",
    conclusion: "failure",
    output: { title: "2 mistakes", summary: expect.stringContaining("policy.yaml:2: wrong b") },
  });
  const level = { path: FILE, annotation_level: "failure" };
  expect(run?.annotations).toMatchObject([
    { ...level, start_line: 2, end_line: 2, start_column: 1, message: "wrong b" },
    { ...level, start_line: 4, end_line: 4, start_column: 1, message: "wrong d" },
  ]);
  expect(run?.output.summary).toContain(
    `<sub>Judged commit \`${head.slice(0, 7)}\` against the policy in force, \`1111111\`, at 2026-03-01 10:00 UTC.</sub>`,
  );
});

function byTheParser(proposal: Proposal): Review {
  if (proposal.kind === "unfit") return { isGood: false, title: "none", text: proposal.problem, annotations: [] };
  const { file, text } = proposal;
  const parsed = parsePolicy(text, { file, commit: null, subject: null, when: null });
  if (parsed.ok) return { isGood: true, title: "fine", text: "Effect: none", annotations: [] };
  const annotations = parsed.problems.map(({ line, column, path, message }) => {
    return { line, column, level: "failure" as const, title: path, message };
  });
  return { isGood: false, title: `${annotations.length} problems`, text: "- problems", annotations };
}

test("three mistakes are three notes on their lines, and mended they are gone from a check run of the same name", async () => {
  const world = await aReviewedGitHub();
  const policy = (mode: string, zone: string, extra: string): string =>
    `apiVersion: policy.bootswain.dev/v1alpha1\nkind: RebootPolicy\ncluster: lab\ntimeZone: ${zone}\npools:\n  - name: all\n    mode: ${mode}\n${extra}`;
  const { head, number } = world.propose({ [FILE]: policy("automaticc", "Mars/Base", "    colour: red\n") });
  const bot = aBotOf(world, { review: byTheParser });
  bot.lead();
  await world.run(MINUTE);
  const lines = (sha: string) => world.runsOf(sha).map((run) => run.annotations.map((note) => note["start_line"]));
  expect(lines(head)).toEqual([[4, 7, 8]]);
  const before = world.commentsOn(number);
  const files = { [FILE]: policy("automatic", "Europe/Berlin", "    windows: always\n") };
  const mended = world.repository.commit({ branch: "wider", files });
  await world.run(2 * MINUTE);
  expect(lines(mended.sha)).toEqual([[]]);
  expect(world.runsOf(mended.sha)).toMatchObject([{ conclusion: "success" }]);
  const after = world.commentsOn(number);
  expect(after.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
  expect(after[0]?.body).toContain("Effect: none");
});

test("more than 50 notes: 120 go in three requests, and the run has ended only with the last", async () => {
  const world = await aReviewedGitHub();
  const { head } = world.propose({ [FILE]: wrongLines(120) });
  const states: unknown[] = [];
  world.github.log.listen((event) => {
    if (event.kind === "check-run") states.push([event.run.status, event.run.annotations.length]);
  });
  const bot = aBotOf(world);
  bot.lead();
  await world.run(MINUTE);
  expect(world.writes()).toEqual([CREATE, UPDATE, UPDATE, COMMENT]);
  expect(states).toEqual([
    ["in_progress", 50],
    ["in_progress", 100],
    ["completed", 120],
  ]);
  const lines = world.runsOf(head)[0]?.annotations.map((note) => note["start_line"]);
  expect(lines).toEqual(Array.from({ length: 120 }, (_, index) => index + 1));
});

test("two calls that write are a second apart", async () => {
  const world = await aReviewedGitHub();
  world.propose({ [FILE]: wrongLines(120) });
  const times: number[] = [];
  world.github.log.listen(({ kind }) => {
    if (kind === "check-run" || kind === "comment") times.push(world.clock.now());
  });
  const bot = aBotOf(world);
  bot.lead();
  await world.run(MINUTE);
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  expect(gaps).toHaveLength(3);
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1_000);
});

test("a leader that is lost between two writes leaves the rest to the next one, which repeats nothing", async () => {
  const world = await aReviewedGitHub();
  const { head } = world.propose({ [FILE]: wrongLines(120) });
  const first = aBotOf(world);
  first.lead();
  await world.run(MINUTE, () => world.writes().length === 1);
  expect(world.runsOf(head)).toMatchObject([{ status: "in_progress" }]);
  first.follow();
  await world.run(10 * MINUTE);
  expect(world.writes()).toEqual([CREATE]);
  const second = aBotOf(world);
  second.lead();
  await world.run(MINUTE);
  const [run, ...others] = world.runsOf(head);
  expect(others).toEqual([]);
  expect(run).toMatchObject({ status: "completed", conclusion: "failure" });
  expect(run?.annotations.map((note) => note["start_line"])).toEqual(
    Array.from({ length: 120 }, (_, index) => index + 1),
  );
  expect(world.writes()).toEqual([CREATE, UPDATE, UPDATE, COMMENT]);
});

test("a run that was begun for another text is ended, and another one of the name is made", async () => {
  const world = await aReviewedGitHub();
  const { head } = world.propose({ [FILE]: wrongLines(120) });
  const first = aBotOf(world);
  first.lead();
  await world.run(MINUTE, () => world.writes().length === 1);
  first.stop();
  const second = aBotOf(world, {
    review: () => ({ isGood: true, title: "fine", text: "Effect: none", annotations: [] }),
  });
  second.lead();
  await world.run(MINUTE);
  expect(world.runsOf(head)).toMatchObject([
    { status: "completed", conclusion: "cancelled", annotations: { length: 50 } },
    { status: "completed", conclusion: "success", annotations: [] },
  ]);
});

test("what changes but for the notes changes the run in its place", async () => {
  const world = await aReviewedGitHub();
  const { head } = world.propose({ [FILE]: "wrong\n" });
  let text = "one";
  const annotations = [{ line: 1, column: 1, level: "failure" as const, title: "mistake", message: "wrong" }];
  const bot = aBotOf(world, { review: () => ({ isGood: false, title: "1 mistake", text, annotations }) });
  bot.lead();
  await world.run(MINUTE);
  text = "two";
  bot.lookAgain("a hint");
  await world.run(MINUTE);
  const runs = world.runsOf(head);
  expect(runs).toMatchObject([{ output: { summary: expect.stringMatching(/^two/) }, annotations: { length: 1 } }]);
  text = "three";
  annotations.push({ line: 2, column: 1, level: "failure", title: "mistake", message: "another" });
  bot.lookAgain("another hint");
  await world.run(MINUTE);
  expect(world.runsOf(head)).toMatchObject([
    { output: { summary: expect.stringMatching(/^two/) }, annotations: { length: 1 } },
    { output: { summary: expect.stringMatching(/^three/) }, annotations: { length: 2 } },
  ]);
});

test("asked for by the button it is judged again, and the run says so once", async () => {
  const world = await aReviewedGitHub();
  const { head } = world.propose({ [FILE]: "wrong\n" });
  const bot = aBotOf(world);
  bot.lead();
  await world.run(MINUTE);
  const [run] = world.runsOf(head);
  await world.octokit.rest.checks.rerequestRun({ owner: "acme", repo: "policy", check_run_id: run?.id ?? 0 });
  await world.run(5 * MINUTE);
  const [again, ...others] = world.runsOf(head);
  expect(others).toEqual([]);
  expect(again).toMatchObject({ id: run?.id, status: "completed", annotations: { length: 1 } });
  expect(again?.output.summary).toMatch(/Judged commit `\w{7}` once again against .*, at 2026-03-01 10:0[12] UTC/);
  expect(world.writes().filter((route) => route === UPDATE)).toHaveLength(1);
});

test("a suite that goes on waiting makes it judge again once, not each minute", async () => {
  const world = await aReviewedGitHub();
  const { head } = world.propose({ [FILE]: "wrong\n" });
  const bot = aBotOf(world);
  bot.lead();
  await world.run(MINUTE);
  const { checkSuites } = world.repository;
  const ask = (): void => {
    for (const [id, suite] of checkSuites) checkSuites.set(id, { ...suite, isAsked: true });
  };
  world.github.log.listen(({ kind }) => {
    if (kind === "check-run") ask();
  });
  ask();
  await world.run(10 * MINUTE);
  expect(world.runsOf(head)).toHaveLength(1);
  expect(world.writes().filter((route) => route === UPDATE)).toHaveLength(1);
});

test("a run that is of no suite is left as it is", async () => {
  const world = await aReviewedGitHub();
  const { head } = world.propose({ [FILE]: "wrong\n" });
  const bot = aBotOf(world);
  bot.lead();
  await world.run(MINUTE);
  for (const run of world.runsOf(head)) world.repository.checkRuns.set(run.id, { ...run, suiteId: Number.NaN });
  await world.run(5 * MINUTE);
  expect(world.writes()).toEqual([CREATE, COMMENT]);
  expect(bot.says()).toMatchObject({ isTrue: true });
});

test("a run that waits by itself is judged again too", async () => {
  const world = await aReviewedGitHub();
  const { head } = world.propose({ [FILE]: "wrong\n" });
  const bot = aBotOf(world);
  bot.lead();
  await world.run(MINUTE);
  for (const run of world.runsOf(head)) {
    world.repository.checkRuns.set(run.id, { ...run, status: "queued", conclusion: null });
  }
  await world.run(3 * MINUTE);
  expect(world.runsOf(head)).toMatchObject([
    { status: "completed", conclusion: "failure", annotations: { length: 1 } },
  ]);
});

test("an answer that was lost on the way: the run that was made is found, not made again", async () => {
  const world = await aReviewedGitHub();
  const { head, number } = world.propose({ [FILE]: wrongLines(60) });
  world.server.faults.failNext(CREATE, { kind: "cut", arrived: true });
  world.server.faults.failNext(UPDATE, { kind: "cut", arrived: true });
  world.server.faults.failNext(COMMENT, { kind: "cut", arrived: true });
  const bot = aBotOf(world);
  bot.lead();
  await world.run(15 * MINUTE);
  const [run, ...others] = world.runsOf(head);
  expect(others).toEqual([]);
  expect(run).toMatchObject({ status: "completed", annotations: { length: 60 } });
  expect(world.commentsOn(number)).toHaveLength(1);
  expect(world.writes()).toEqual([CREATE, UPDATE, COMMENT]);
});

test("an App without the permission for checks sets a status instead, and says what to give it", async () => {
  const { checks: _, ...others } = {
    contents: "read",
    pull_requests: "write",
    statuses: "write",
    checks: "read",
  } as const;
  const world = await aReviewedGitHub({ metadata: "read", ...others });
  const { head } = world.propose({ [FILE]: "wrong\n" });
  const bot = aBotOf(world);
  bot.lead();
  await world.run(10 * MINUTE);
  expect(world.runsOf(head)).toEqual([]);
  expect(world.repository.statuses).toMatchObject([{ sha: head, state: "failure", context: `bootswain/${CLUSTER}` }]);
  expect(bot.says()).toMatchObject({
    isTrue: false,
    says: expect.stringMatching(
      /\(403: Resource not accessible by integration\); give the App the permission checks: write, and accept it for the installation\. Until then it sets a commit status\.$/,
    ),
  });
});

test("a title and a message that are too long are cut", async () => {
  const world = await aReviewedGitHub();
  const { head } = world.propose({ [FILE]: "x\n" });
  const long = "🙂".repeat(40_000);
  const note = { line: 1, column: 1, level: "warning" as const, title: long, message: long };
  const bot = aBotOf(world, { review: () => ({ isGood: true, title: long, text: `a\n${long}`, annotations: [note] }) });
  bot.lead();
  await world.run(MINUTE);
  const [run] = world.runsOf(head);
  expect(run?.output.title).toHaveLength(255);
  expect(run?.output.summary?.length).toBeLessThanOrEqual(65_535);
  expect(run?.annotations).toMatchObject([{ annotation_level: "warning" }]);
});
