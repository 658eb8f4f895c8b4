import { expect, test } from "vitest";
import { AT } from "../../../sim/github/testing/real-octokit.ts";
import { aBotOf, aReviewedGitHub, CLUSTER, FILE, MINUTE, type World } from "../testing/reviewing.ts";

const UPDATE = "PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}";
const CHECK = `bootswain/${CLUSTER}`;

const ASKING: readonly (readonly [string, (world: World, head: string) => Promise<unknown>])[] = [
  [
    "the check's own button",
    (world, head) => world.octokit.rest.checks.rerequestRun({ ...AT, check_run_id: world.runsOf(head)[0]?.id ?? 0 }),
  ],
  [
    "the button for all checks",
    (world, head) =>
      world.octokit.rest.checks.rerequestSuite({ ...AT, check_suite_id: world.runsOf(head)[0]?.suiteId ?? 0 }),
  ],
  [
    "a server that lets the run itself wait",
    async ({ repository, runsOf }, head) => {
      for (const run of runsOf(head)) repository.checkRuns.set(run.id, { ...run, status: "queued", conclusion: null });
    },
  ],
];

/** A pull request that does not change the policy, on a branch that requires the check; answered. */
async function untouched() {
  const world = await aReviewedGitHub();
  world.repository.protect("main", { requiredChecks: [CHECK] });
  const { head } = world.propose({ "README.md": "x" });
  const bot = aBotOf(world);
  bot.lead();
  await world.run(MINUTE);
  return { world, head, bot };
}

test.each(ASKING)(
  "%s: a check of what does not change the policy is answered again within one poll",
  async (_, ask) => {
    const { world, head } = await untouched();
    const [run] = world.runsOf(head);
    await ask(world, head);
    await world.run(5 * MINUTE);
    const [again, ...others] = world.runsOf(head);
    expect(others).toEqual([]);
    expect(again).toMatchObject({ id: run?.id, status: "completed", conclusion: "success" });
    expect(again?.output).toMatchObject({
      title: "does not change policy.yaml",
      summary: expect.stringMatching(/Judged commit `\w{7}` once again against .*, at 2026-03-01 10:0[12] UTC/),
    });
    expect(world.writes().filter((route) => route === UPDATE)).toHaveLength(1);
  },
);

test("the webhook of a re-run has it answered at once", async () => {
  const { world, head, bot } = await untouched();
  await world.octokit.rest.checks.rerequestRun({ ...AT, check_run_id: world.runsOf(head)[0]?.id ?? 0 });
  bot.lookAgain("check_run acme/policy");
  await world.run(5_000);
  expect(world.runsOf(head)).toMatchObject([{ output: { summary: expect.stringContaining("once again") } }]);
});

test("what took its change of the policy back is answered again too, and its comment stays as it is", async () => {
  const world = await aReviewedGitHub();
  const { number } = world.propose({ [FILE]: "wrong", "README.md": "x" });
  const bot = aBotOf(world);
  bot.lead();
  await world.run(MINUTE);
  const { sha } = world.repository.commit({ branch: "wider", files: { [FILE]: "pools: []\n" } });
  await world.run(2 * MINUTE);
  const before = world.commentsOn(number);
  await world.octokit.rest.checks.rerequestRun({ ...AT, check_run_id: world.runsOf(sha)[0]?.id ?? 0 });
  await world.run(2 * MINUTE);
  expect(world.runsOf(sha)).toMatchObject([{ output: { summary: expect.stringContaining("once again") } }]);
  expect(world.commentsOn(number)).toEqual(before);
});

test("a new leader finds a re-run that was asked for while nobody led", async () => {
  const { world, head, bot } = await untouched();
  bot.stop();
  await world.octokit.rest.checks.rerequestRun({ ...AT, check_run_id: world.runsOf(head)[0]?.id ?? 0 });
  const next = aBotOf(world);
  next.lead();
  await world.run(MINUTE);
  expect(world.runsOf(head)).toMatchObject([{ output: { summary: expect.stringContaining("once again") } }]);
});
