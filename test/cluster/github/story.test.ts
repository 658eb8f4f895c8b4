import { afterAll, beforeAll, expect, onTestFailed, test } from "vitest";
import { MINUTE } from "../../../bot/core/instant.ts";
import { mergePull } from "../../../bot/sim/github/pulls.ts";
import { condition, type Json, listAt, stringAt } from "../../control-plane/json.ts";
import { waitFor } from "../../control-plane/wait.ts";
import { run } from "../command.ts";
import type { Program } from "../program.ts";
import { isRebooted, read, Stage } from "../stage.ts";
import { FILE, Forge } from "./forge.ts";

// The bot as a real process on a real API server, its policy on GitHub: from the first reading to a change by pull request.
const FLEET = "/apis/bootswain.dev/v1alpha1/rebootfleets/cluster";
const policy = (workers: "approval" | "automatic"): string => `
apiVersion: policy.bootswain.dev/v1alpha1
kind: RebootPolicy
cluster: abal-kuber
timeZone: America/Chicago
people: { lea: { kubernetes: lea } }
groups: { operators: { people: [lea] } }
defaults:
  windows: always
  may: { approve: { by: operators }, other: { by: operators } }
  reboot: { delay: 1s, backWithin: 60s }
  verify: { soak: 1s, atMost: 60s }
pools:
  - name: canaries
    nodes: { matchLabels: { kubernetes.io/hostname: node-1 } }
    mode: automatic
  - name: workers
    mode: ${workers}
`;
const WRONG = policy("automatic")
  .replace("timeZone: America/Chicago", "timeZone: America/Chicgo")
  .replace("soak: 1s", "soack: 1s")
  .replace("name: workers\n    mode: automatic", "name: workers\n    mode: automatc");
const WRONG_LINES = [/Chicgo/, /soack/, /automatc/].map(
  (slip) => WRONG.split("\n").findIndex((line) => slip.test(line)) + 1,
);

let forge: Forge;
let stage: Stage;
let bot: Program;
let first: string;

beforeAll(async () => {
  forge = await Forge.open(policy("approval"));
  stage = await Stage.set({
    policy: { from: forge.args },
    nodes: ["node-1", "node-2"].map((name) => ({ name, isControlPlane: false })),
    people: [{ name: "lea", groups: [] }],
    // Within a test nobody looks by themselves.
    timings: { policyPoll: 30 * MINUTE },
  });
  first = forge.repository.head("main")?.sha ?? "";
});

afterAll(async () => {
  await stage?.clear();
  await forge?.close();
});

const pageOf = (sha: string): string => `${forge.server.links.web}/acme/policies/commit/${sha}`;
const inForce = (commit: string): Promise<Json | undefined> =>
  waitFor(stage.plane.rest, FLEET, (fleet) => stringAt(fleet, "status", "policy", "commit") === commit);
const lea = (...args: readonly string[]): ReturnType<typeof run> =>
  run(...args, "--kubeconfig", stage.plane.kubeconfig("lea"));
const rebootUnder = (commit: string) => (reboot: Json) =>
  isRebooted(reboot) && listAt(reboot, "status", "history").some((one) => stringAt(one, "policyCommit") === commit);

/** By phase: under which commit and pull request the node was sent there. */
const underOf = (reboot: Json | undefined, phase: string): unknown =>
  listAt(reboot, "status", "history")
    .filter((one) => stringAt(one, "phase") === phase)
    .map((one) => [read(one, "policyCommit"), read(one, "policyPull")])
    .at(-1);

test("from nothing: the policy is read from GitHub by the App, and a node is rebooted under it", async () => {
  onTestFailed(() => void process.stderr.write(`${stage.botLog()}\n`));
  bot = stage.startBot();
  const { host } = new URL(forge.server.apiUrl);
  expect(read(await inForce(first), "status", "policy")).toMatchObject({
    ...{ source: `${host}/acme/policies@main:${FILE}`, commit: first, commitUrl: pageOf(first), valid: true },
    ...{ subject: "Reboot nights", author: "Ana" },
  });
  for (const machine of stage.machines.values()) {
    machine.startAgent();
    await machine.needReboot();
  }
  const reboot = await stage.rebootIs("node-1", isRebooted);
  expect(underOf(reboot, "rebooting")).toEqual([first, undefined]);
  expect(new Set(listAt(reboot, "status", "history").map((one) => stringAt(one, "policyCommit")))).toEqual(
    new Set([first]),
  );

  const status = await lea("status");
  const short = first.slice(0, 7);
  expect(status.lines.slice(-2)).toEqual([
    `By the policy of ${host}/acme/policies@main:${FILE}, ${short} "Reboot nights" by Ana.`,
    `  ${pageOf(first)}`,
  ]);
  const history = await lea("history", "node-1");
  expect(history.lines.at(-1)).toBe(`policy ${short}: ${pageOf(first)}`);
  expect(history.lines.filter((line) => line.endsWith(`· policy ${short}`)).length).toBeGreaterThan(3);
});

test("by pull request: three mistakes are noted on their lines, mended it says its effect, merged it is in force by the webhook alone", async () => {
  onTestFailed(() => void process.stderr.write(`${stage.botLog()}\n`));
  await forge.hookTo(bot);
  const number = forge.propose(WRONG, "by-themselves");
  const wrong = await forge.checked(number);
  expect(wrong).toMatchObject({ conclusion: "failure", headSha: forge.pull(number).head.sha });
  expect(wrong.annotations.map((note) => [note["path"], note["start_line"]])).toEqual(
    WRONG_LINES.map((line) => [FILE, line]),
  );
  await forge.said(number, "3 problems");

  forge.commit(policy("automatic"), { branch: "by-themselves" });
  expect(await forge.checked(number)).toMatchObject({ conclusion: "success", annotations: [] });
  const comment = await forge.said(number, "node-2 would start at once");
  expect(comment.author.login).toBe("bootswain[bot]");
  expect(forge.comments(number)).toHaveLength(1);

  await stage.rebootIs("node-2", (reboot) => read(reboot, "status", "holds", 0, "kind") === "approval");
  const merged = mergePull(forge.github, forge.repository, number);
  const fleet = await inForce(merged);
  const pull = { number, url: `${forge.server.links.web}/acme/policies/pull/${number}` };
  expect(read(fleet, "status", "policy")).toMatchObject({ commitUrl: pageOf(merged), pull });
  const reboot = await stage.rebootIs("node-2", rebootUnder(merged));
  expect(underOf(reboot, "preparing")).toEqual([merged, number]);
  expect(underOf(reboot, "rebooting")).toEqual([merged, number]);

  const version = `${merged.slice(0, 7)} (#${number})`;
  const history = await lea("history");
  expect(history.lines.slice(-2)).toEqual([
    `policy ${first.slice(0, 7)}: ${pageOf(first)}`,
    `policy ${version}: ${pageOf(merged)}`,
  ]);
  const status = JSON.parse((await lea("status", "--format", "json")).lines.join("\n"));
  expect(status).toMatchObject({ policy: { commit: merged, url: pageOf(merged), pull } });
  expect(condition(await waitFor(stage.plane.rest, FLEET, () => true), "PullRequestsAnswered")).toMatchObject({
    status: "True",
  });
});

test("all deliveries were taken, and no secret left the bot", async () => {
  await forge.server.webhooks.settled();
  const outcomes = forge.server.webhooks.deliveries.flatMap((delivery) => delivery.outcomes);
  expect(outcomes.filter((outcome) => outcome !== 200 && outcome !== 202)).toEqual([]);
  expect(bot.logged.filter(({ level }) => level === "warn")).toEqual([]);
  expect(forge.leaksIn(stage.botLog())).toEqual([]);
  expect(forge.leaksIn(JSON.stringify(await stage.plane.auditLog()))).toEqual([]);
  await bot.signal("SIGTERM");
  expect(await bot.ended).toEqual({ code: 0, signal: null });
});
