import { afterAll, beforeAll, expect, onTestFailed, test } from "vitest";
import { listAt, stringAt } from "../../control-plane/json.ts";
import { mustSend } from "../../control-plane/rest.ts";
import { run } from "../command.ts";
import { read, Stage } from "../stage.ts";

const FLEET = "/apis/bootswain.dev/v1alpha1/rebootfleets/cluster";
const DECISIONS = "/apis/bootswain.dev/v1alpha1/rebootdecisions";
const POLICY = `
apiVersion: policy.bootswain.dev/v1alpha1
kind: RebootPolicy
cluster: abal-kuber
timeZone: America/Chicago
people: { lea: { kubernetes: lea } }
groups:
  operators: { people: [lea] }
  leads: { kubernetesGroups: [platform-leads] }
pools:
  - name: control-plane
    nodes: { matchLabels: { node-role.kubernetes.io/control-plane: "true" } }
    mode: approval
    windows: always
    may: { approve: { by: operators }, skip: { by: operators, upTo: 14d }, other: { by: operators } }
    reboot: { delay: 1s, backWithin: 60s }
    verify: { soak: 1s, atMost: 60s }
  - name: workers
    mode: automatic
    windows: always
    may: { force: { by: leads, people: 1 }, other: { by: operators } }
    drain: { giveUpAfter: 1s, retryAfter: 30m }
    reboot: { delay: 1s, backWithin: 60s }
    verify: { soak: 1s, atMost: 60s }
`;

/** Lea is named by the policy, kim by a group of hers, mo by nothing; ned may not even look. */
const people = [
  { name: "lea", groups: ["staff"] },
  { name: "kim", groups: ["staff", "platform-leads"] },
  { name: "mo", groups: ["staff"] },
  { name: "ned", groups: [] },
];

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.set({
    policy: POLICY,
    nodes: [
      { name: "abal-kuber01", isControlPlane: true },
      { name: "abal-kuber04", isControlPlane: false },
    ],
    people,
  });
  const bind = ["create", "clusterrolebinding", "staff", "--clusterrole=bootswain-operator", "--group=staff"];
  expect(await stage.plane.kubectl(bind)).toMatchObject({ code: 0 });
  await stage.runWeb("abal-kuber04", 1);
  await stage.startBot().says("leads");
});

afterAll(() => stage?.clear());

/** A command in the name of one of the people. */
function as(user: string, ...args: readonly string[]): ReturnType<typeof run> {
  onTestFailed(() => void process.stderr.write(`${stage.botLog()}\n`));
  return run(...args, "--kubeconfig", stage.plane.kubeconfig(user));
}

async function needsReboot(node: string): Promise<void> {
  await stage.machine(node).needReboot();
  stage.machine(node).startAgent();
}

const isHeld = (node: string, kind: string) =>
  stage.rebootIs(node, (reboot) => read(reboot, "status", "holds", 0, "kind") === kind);

test("pause and resume: of the whole cluster, with why, and seen by all who look", async () => {
  const paused = await as("lea", "pause", "--reason", "firmware");
  expect(paused).toEqual({ code: 0, lines: ["All reboots are paused (firmware) until someone resumes them."] });
  await needsReboot("abal-kuber01");
  await isHeld("abal-kuber01", "paused");
  const status = await as("mo", "status");
  expect(status.code).toBe(0);
  expect(status.lines[1]).toMatch(
    /^Slots 0 of 1: no node is under way\. All reboots are paused by lea since .+: firmware\.$/,
  );

  const refused = await as("mo", "resume");
  expect(refused).toEqual({ code: 1, lines: ["Only operators may resume reboots. Ask lea."] });
  expect(await as("lea", "resume")).toEqual({ code: 0, lines: ["Reboots go on."] });
  await isHeld("abal-kuber01", "approval");
});

test("skip: until a time that is said back in the policy's zone", async () => {
  const skipped = await as("lea", "skip", "01", "--for", "2h", "--format", "json");
  expect(skipped.code).toBe(0);
  expect(skipped.lines.at(-1)).toMatch(/^Until .+ C[SD]T\.$/);
  expect(JSON.parse(skipped.lines.slice(0, -1).join("\n"))).toMatchObject({
    verb: "skip",
    nodes: ["abal-kuber01"],
    outcome: "counted",
    says: expect.stringMatching(/^abal-kuber01 is skipped until /),
    validUntil: expect.stringMatching(/Z$/),
  });
  await isHeld("abal-kuber01", "skipped");
  expect(await as("lea", "withdraw", "01")).toMatchObject({ code: 0 });
  await isHeld("abal-kuber01", "approval");
});

test("approve: who may not is told whom to ask, and who may lets the node go", async () => {
  const refused = await as("mo", "approve", "abal-kuber01");
  expect(refused).toEqual({ code: 1, lines: ["Only operators may approve control-plane. Ask lea."] });
  const slip = await as("lea", "approve", "abal-kuber1");
  expect(slip).toEqual({ code: 2, lines: ["There is no node abal-kuber1. Did you mean abal-kuber01?"] });
  const approved = await as("lea", "approve", "--pool", "control-plane");
  expect(approved).toEqual({
    code: 0,
    lines: [expect.stringMatching(/^abal-kuber01 is approved by lea/), "Pool control-plane: abal-kuber01."],
  });
  await stage.rebootIs("abal-kuber01", (reboot) => read(reboot, "status", "outcome", "kind") === "rebooted");
  const made = listAt(await mustSend(stage.plane.rest, "GET", DECISIONS), "items");
  const approvals = made.filter((one) => stringAt(one, "spec", "verb") === "approve");
  expect(approvals.map((one) => [read(one, "spec", "by"), read(one, "spec", "groups")])).toEqual(
    expect.arrayContaining([
      [{ system: "kubernetes", id: "lea" }, ["staff", "system:authenticated"]],
      [{ system: "kubernetes", id: "mo" }, ["staff", "system:authenticated"]],
    ]),
  );
});

test("force: for a reason, by someone of a Kubernetes group, and never unasked", async () => {
  await needsReboot("abal-kuber04");
  await isHeld("abal-kuber04", "would be blocked");
  const unasked = await as("kim", "force", "04", "--reason", "urgent");
  expect(unasked).toMatchObject({ code: 2, lines: [expect.stringMatching(/^force asks before it goes on/)] });
  const blocked = await as("kim", "status", "--format", "json");
  const pool = {
    name: "workers",
    nodes: [expect.objectContaining({ holds: [expect.objectContaining({ kind: "would be blocked" })] })],
  };
  expect(JSON.parse(blocked.lines.join("\n"))).toMatchObject({ pools: [{ name: "control-plane" }, pool] });
  const forced = await as("kim", "force", "04", "--reason", "urgent", "--yes");
  expect(forced).toEqual({
    code: 0,
    lines: ["Forced by kubernetes:kim: abal-kuber04 past web/web. It lifts nothing else."],
  });
  await stage.rebootIs("abal-kuber04", (reboot) => read(reboot, "status", "outcome", "kind") === "rebooted");
});

test("status and history afterwards say how it went, and who decided it", async () => {
  const status = await as("mo", "status");
  expect(status.lines[0]).toMatch(/^abal-kuber · 0 of 2 nodes to go · /);
  expect(status.lines.find((line) => line.startsWith("  abal-kuber04"))).toMatch(
    / well {2}It was rebooted .+, in .+\.$/,
  );
  expect(status.lines.at(-1)).toMatch(/^By the policy of .+, [0-9a-f]{7} ".+" by .+\.$/);

  const history = await as("mo", "history", "04", "--since", "1h");
  expect(history.code).toBe(0);
  const told = history.lines.map((line) => line.split(/ {2,}/).slice(1).join(" | "));
  const commit = stringAt(await mustSend(stage.plane.rest, "GET", FLEET), "status", "policy", "commit");
  const under = ` · policy ${commit.slice(0, 7)}`;
  expect(told).toContain(
    `abal-kuber04 | force by kubernetes:kim | "urgent" Forced by kubernetes:kim: abal-kuber04 past web/web. It lifts nothing else.${under}`,
  );
  expect(told).toContain(
    `all nodes | pause by lea | "firmware" All reboots are paused (firmware) until someone resumes them.${under}`,
  );
  const decisions = await stage.plane.kubectl(["get", "rebootdecisions", "--no-headers", "-o", "wide"]);
  expect(
    decisions.stdout
      .trim()
      .split("\n")
      .filter((line) => !line.includes(commit)),
  ).toEqual([]);
  expect(told.at(-1)).toMatch(/^abal-kuber04 \| waiting \| rebooted and verified in .+ · policy [0-9a-f]{7}$/);
  expect(await mustSend(stage.plane.rest, "GET", FLEET)).toMatchObject({ status: { policy: { valid: true } } });
});

test("who may not look or not decide is told what right is lacking", async () => {
  const outside = await as("ned", "retry", "01");
  expect(outside).toMatchObject({ code: 3, lines: [expect.stringMatching(/may not list hostreports \(403\)/)] });
  const bind = ["create", "clusterrolebinding", "viewers", "--clusterrole=view-bootswain", "--user=ned"];
  const resources =
    "hostreports.bootswain.dev,nodereboots.bootswain.dev,rebootfleets.bootswain.dev,rebootdecisions.bootswain.dev";
  const others = "nodes,pods,poddisruptionbudgets.policy,daemonsets.apps,jobs.batch";
  const role = ["create", "clusterrole", "view-bootswain", "--verb=list,watch", `--resource=${resources},${others}`];
  for (const args of [role, bind]) expect(await stage.plane.kubectl(args)).toMatchObject({ code: 0 });
  const viewer = await as("ned", "reboot", "01", "--reason", "x", "--yes");
  expect(viewer.code).toBe(1);
  expect(viewer.lines[0]).toMatch(
    /^The API server refused the decision \(403\): .*"ned" cannot create.+It takes the right to create rebootdecisions\.bootswain\.dev/,
  );
});
