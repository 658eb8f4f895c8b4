import { afterAll, beforeAll, expect, onTestFailed, test } from "vitest";
import { condition, type Json, stringAt } from "../../control-plane/json.ts";
import { waitFor } from "../../control-plane/wait.ts";
import { run } from "../command.ts";
import { automaticPolicyText } from "../policy-text.ts";
import type { Program } from "../program.ts";
import { isRebooted, phaseOf, read, Stage } from "../stage.ts";
import { Forge } from "./forge.ts";

// What keeps the bot from GitHub is said where people look, stops no reboot under a good policy, and ends once it is mended.
const FLEET = "/apis/bootswain.dev/v1alpha1/rebootfleets/cluster";
const NODES = ["node-1", "node-2"];
const another = (change: number): string => `${automaticPolicyText}# ${change}\n`;

let forge: Forge;
let stage: Stage;
let said = "";

beforeAll(async () => {
  forge = await Forge.open(automaticPolicyText);
  stage = await Stage.set({
    policy: { from: forge.args },
    nodes: NODES.map((name) => ({ name, isControlPlane: false })),
    people: [{ name: "lea", groups: [] }],
    timings: { policyPoll: 300 },
  });
});

afterAll(async () => {
  await stage?.clear();
  await forge?.close();
});

const fleetIs = (isSo: (fleet: Json | undefined) => boolean): Promise<Json | undefined> =>
  waitFor(stage.plane.rest, FLEET, isSo);

const policyIs = (valid: boolean, says = ""): Promise<Json | undefined> =>
  fleetIs(
    (fleet) =>
      read(fleet, "status", "policy", "valid") === valid &&
      JSON.stringify(read(fleet, "status", "policy", "problems")).includes(says),
  );

const pullsAre = async (status: "True" | "False", says: string): Promise<unknown> =>
  fleetIs((fleet) => {
    const answered = condition(fleet, "PullRequestsAnswered");
    return stringAt(answered, "status") === status && stringAt(answered, "message").includes(says);
  });

/** `bootswain status`, as Lea runs it. */
async function statusLines(): Promise<readonly string[]> {
  const { code, lines } = await run("status", "--kubeconfig", stage.plane.kubeconfig("lea"));
  expect(code).toBe(0);
  said += lines.join("\n");
  return lines;
}

/** As its pod is ended: the lease is given back. */
async function end(bot: Program): Promise<void> {
  await bot.signal("SIGTERM");
  expect(await bot.ended).toEqual({ code: 0, signal: null });
}

const failed = (): void => onTestFailed(() => void process.stderr.write(`${stage.botLog()}\n`));

test("a key of another App: said with what to check, nothing is rebooted, and the right key needs no restart", async () => {
  failed();
  forge.putKey("wrong");
  const bot = stage.startBot();
  const says = `check --github-app-id ${forge.app.id} and the key in `;
  expect((await bot.says("policy not used"))["problems"]).toEqual([
    expect.stringMatching(new RegExp(`does not know who this bot is \\(401.*; ${says}`)),
  ]);
  await policyIs(false, says);
  await pullsAre("False", says);
  const lines = await statusLines();
  expect(lines[0]).toMatch(/^No policy in force · /);
  expect(lines.filter((line) => line.startsWith("  ! "))).toEqual([
    expect.stringMatching(new RegExp(`nothing is rebooted since .+ UTC: .*${says}`)),
    expect.stringMatching(new RegExp(`Not PullRequestsAnswered since .+ UTC: .*${says}`)),
  ]);
  forge.putKey("right");
  await policyIs(true);
  await pullsAre("True", "No pull request changes policy.yaml.");
  await end(bot);
});

test("an App that may make no check runs: said with what to give it, and a commit status stands in", async () => {
  failed();
  const permissions = { metadata: "read", contents: "read", pull_requests: "write", statuses: "write" } as const;
  const lacking = forge.addApp("bootswain-lite", permissions);
  const bot = stage.startBot({ args: ["--github-app-id", `${lacking.id}`] });
  await bot.says("leads");
  const number = forge.propose(another(1).replace("maxRebooting: 1", "maxRebooting: 0"), "wrong");
  const { sha } = forge.pull(number).head;
  await forge.hookTo(bot);
  const status = await forge.github.log.until((event) => (event.kind === "status" ? event.status : null));
  expect(status).toMatchObject({ sha, context: "bootswain/abal-kuber", state: "failure" });
  await forge.said(number, "maxRebooting");
  await pullsAre("False", "checks: write");
  expect((await statusLines()).filter((line) => line.startsWith("  ! "))).toEqual([
    expect.stringMatching(
      /Not PullRequestsAnswered since .+\); give the App the permission checks: write, and accept it for the installation\. Until then it sets a commit status\.$/,
    ),
  ]);
  expect(forge.runs(number)).toEqual([]);
  await end(bot);
});

test("GitHub fails: the last good policy stays, a reboot under way goes on, a new bot goes on too, and status says since when and why", async () => {
  failed();
  const bot = stage.startBot();
  await policyIs(true);
  const [first, second] = NODES.map((name) => stage.machine(name));
  const down = Promise.withResolvers<void>();
  first?.bootsAfter(down.promise);
  first?.startAgent();
  await first?.needReboot();
  await stage.rebootIs("node-1", (reboot) => phaseOf(reboot) === "rebooting");
  const failing = forge.server.faults.failEvery("*", 1, { kind: "html", code: 502 });
  const fleet = await policyIs(false, "fails (502, with text/html in place of JSON)");
  expect(read(fleet, "status", "policy")).toMatchObject({ commit: forge.repository.head("main")?.sha });
  down.resolve();
  await stage.rebootIs("node-1", isRebooted);

  await end(bot);
  const next = stage.startBot();
  await next.says("last good policy kept");
  second?.startAgent();
  await second?.needReboot();
  await stage.rebootIs("node-2", isRebooted);
  const lines = await statusLines();
  expect(lines[0]).toMatch(/^abal-kuber · /);
  expect(lines.find((line) => line.startsWith("  ! "))).toMatch(
    /since .+ C[SD]T.*fails \(502, with text\/html in place of JSON\)/,
  );
  failing.stop();
  await policyIs(true);
  await end(next);
});

test("a webhook by another secret: refused, logged and counted, until the file has it", async () => {
  failed();
  const bot = stage.startBot();
  await bot.says("leads");
  await forge.hookTo(bot, "the-next-5ecret");
  const { webhooks } = forge.server;
  await webhooks.settled();
  const ping = webhooks.deliveries.at(-1);
  expect(ping).toMatchObject({ event: "ping", outcomes: [401] });
  expect(await bot.says("webhook refused")).toMatchObject({
    outcome: "unsigned",
    says: "The signature is not one by the secret that this bot knows.",
    kind: "ping",
  });
  const { port } = await bot.says("listens");
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  expect(metrics).toContain('bootswain_webhook_deliveries_total{outcome="unsigned"} 1');
  forge.putSecret("the-next-5ecret");
  expect(await webhooks.redeliver(ping?.guid ?? "")).toBe(200);
  await end(bot);
});

test("no secret was said by any of it", () => {
  expect(forge.leaksIn(`${stage.botLog()}${said}`)).toEqual([]);
  expect(stage.botLog()).not.toContain("the-next-5ecret");
});
