import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { installCrds } from "../contract/real-world.ts";
import { type ControlPlane, startControlPlane } from "../control-plane/control-plane.ts";
import { waitFor, waitForList } from "../control-plane/wait.ts";
import { createNamespace } from "../control-plane/workloads.ts";
import { automaticPolicyText } from "./policy-text.ts";
import { Program } from "./program.ts";
import { read } from "./stage.ts";

const EVENTS = "/api/v1/namespaces/default/events?fieldSelector=involvedObject.kind%3DRebootFleet";
const FLEET = "/apis/bootswain.dev/v1alpha1/rebootfleets/cluster";
let folder = "";
const programs: Program[] = [];
let plane: ControlPlane | null = null;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bootswain-trouble-"));
});

afterEach(async () => {
  for (const program of programs.splice(0)) await program.kill();
  await plane?.stop();
  plane = null;
  await rm(folder, { recursive: true, force: true });
});

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Program {
  const program = new Program("bot", "bot/main.ts", ["run", ...args], env);
  programs.push(program);
  return program;
}

/** None of them gets as far as that it would be asked. */
const ON_GITHUB = ["--cluster", "x", "--policy-github", "acme/policies"];
const file = (name: string): string => join(folder, name);

test.each([
  [
    "no place of a policy",
    ["--cluster", "x"],
    2,
    "Say where the policy is, by one of --policy-github OWNER/NAME, --policy-repo URL or --policy-file FILE.",
  ],
  [
    "two places of a policy",
    ["--cluster", "x", "--policy-file", "a", "--policy-repo", "b"],
    2,
    "Say where the policy is",
  ],
  ["an option as a repository", ["--cluster", "x", "--policy-repo=--upload-pack=touch"], 2, "can't be used"],
  [
    "no cluster to reach",
    ["--cluster", "x", "--policy-file", "a"],
    3,
    "No cluster to connect to: give --kubeconfig FILE",
  ],
  [
    "a kubeconfig that is not there",
    ["--cluster", "x", "--policy-file", "a", "--kubeconfig", "/nowhere"],
    3,
    "There is no kubeconfig /nowhere. Check --kubeconfig.",
  ],
  [
    "timings that are no JSON",
    ["--cluster", "x", "--policy-file", "a", "--timings", import.meta.filename],
    2,
    "can't be read",
  ],
  [
    "a webhook and nothing that listens, wherever it is tried",
    [...ON_GITHUB, "--github-webhook-secret-file", import.meta.filename],
    2,
    "--github-webhook-secret-file goes with --listen, and there is none.",
  ],
  [
    "a webhook for a policy that is elsewhere",
    ["--cluster", "x", "--policy-file", "a", "--listen", ":0", "--github-webhook-secret-file", import.meta.filename],
    2,
    "--github-webhook-secret-file goes with --policy-github, and there is none.",
  ],
  [
    "an address that is none",
    [...ON_GITHUB, "--listen", "9090"],
    2,
    "--listen 9090: give HOST:PORT, such as 127.0.0.1:9090, or :9090 for all addresses.",
  ],
])("%s: one sentence and its exit code", async (_, args, code, sentence) => {
  const program = run(args);
  expect(await program.ended).toEqual({ code, signal: null });
  expect(program.logged).toHaveLength(1);
  expect(program.logged[0]?.["text"]).toContain(sentence);
});

test("one token of Slack's two is refused", async () => {
  await writeFile(file("kubeconfig"), kubeconfigOf("https://127.0.0.1:1"));
  const program = run(["--cluster", "x", "--policy-file", "a", "--kubeconfig", file("kubeconfig")], {
    SLACK_BOT_TOKEN: "xoxb-1",
  });
  expect(await program.ended).toEqual({ code: 2, signal: null });
  expect(program.logged.at(-1)?.["text"]).toContain("Slack needs both SLACK_APP_TOKEN");
});

test("an API server that does not answer is waited for, and SIGTERM ends the wait", async () => {
  await writeFile(file("kubeconfig"), kubeconfigOf("https://127.0.0.1:1"));
  const program = run(["--cluster", "x", "--policy-file", "a", "--kubeconfig", file("kubeconfig")]);
  expect((await program.says("waits"))["why"]).toMatch(/^The API server does not answer: .*ECONNREFUSED/);
  await program.signal("SIGTERM");
  expect(await program.ended).toEqual({ code: 0, signal: null });
});

test("missing CRDs, a wrong policy, one of another cluster, and a second bot are each said, and nothing is given up", async () => {
  plane = await startControlPlane();
  await writeFile(file("policy.yaml"), automaticPolicyText.replace("abal-kuber", "other"));
  await writeFile(file("timings.json"), JSON.stringify({ policyPoll: 200, leaseDuration: 3_000, leaseRenew: 500 }));
  await createNamespace(plane.rest, "bootswain");
  const args = [
    "--cluster",
    "abal-kuber",
    "--policy-file",
    file("policy.yaml"),
    "--kubeconfig",
    plane.kubeconfig(),
    "--timings",
    file("timings.json"),
  ];
  const first = run(args);
  expect((await first.says("waits"))["why"]).toBe(
    "The cluster has no hostreports.bootswain.dev. Install the CRDs: kubectl apply -f deploy/crds",
  );
  await installCrds(plane);
  await first.says("leads");
  expect((await first.says("policy not used"))["problems"]).toEqual([
    "The policy is for cluster other, and this bot runs with --cluster abal-kuber.",
  ]);
  await waitFor(plane.rest, FLEET, (fleet) => read(fleet, "status", "policy", "valid") === false);

  await writeFile(file("policy.yaml"), automaticPolicyText);
  await waitFor(plane.rest, FLEET, (fleet) => read(fleet, "status", "policy", "valid") === true);
  await writeFile(file("policy.yaml"), automaticPolicyText.replace("timeZone: America/Chicago", "timeZone: Mars"));
  const refused = await waitFor(plane.rest, FLEET, (fleet) => read(fleet, "status", "policy", "valid") === false);
  expect(read(refused, "status", "policy", "problems", 0)).toMatch(/policy\.yaml:5:\d+: timeZone: /);
  expect(read(refused, "status", "policy", "text")).toBe(automaticPolicyText);
  const events = await waitForList(plane.rest, EVENTS, (list) => list.length === 3);
  expect(events.map((event) => read(event, "reason")).sort()).toEqual([
    "PolicyInForce",
    "PolicyNotUsed",
    "PolicyNotUsed",
  ]);

  const second = run(args);
  expect((await second.says("stands by"))["says"]).toMatch(/ leads; this bot takes over when it stops\.$/);
  await first.signal("SIGTERM");
  expect(await first.ended).toEqual({ code: 0, signal: null });
  await second.says("leads");
  // The second bot never saw a good policy: it goes on with the one that the first kept.
  await second.says("last good policy kept");
  const after = await waitFor(plane.rest, FLEET, (fleet) => read(fleet, "status", "policy", "valid") === false);
  expect(read(after, "status", "policy", "since")).toBe(read(refused, "status", "policy", "since"));
  expect(read(after, "status", "policy", "text")).toBe(automaticPolicyText);
});

function kubeconfigOf(server: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "c", cluster: { server } }],
    users: [{ name: "u", user: { token: "t" } }],
    contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
    "current-context": "x",
  });
}
