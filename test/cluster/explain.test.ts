import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { run } from "./command.ts";
import { policyText } from "./policy-text.ts";
import { read, Stage } from "./stage.ts";

const NODES = [
  { name: "abal-kuber01", isControlPlane: true },
  { name: "abal-kuber04", isControlPlane: false },
];
const folder = mkdtempSync(join(tmpdir(), "bootswain-explain-"));

let stage: Stage | null = null;

afterEach(async () => {
  await stage?.clear();
  stage = null;
  rmSync(folder, { recursive: true, force: true });
});

test("explain and policy plan read a live cluster, and the policy that the bot keeps there", async () => {
  const set = await Stage.set({ policy: policyText({ forcePeople: 1 }), nodes: NODES });
  stage = set;
  const kubeconfig = ["--kubeconfig", set.plane.kubeconfig()];
  set.startBot();
  await set.reportIs("abal-kuber01", () => true);
  await set.machine("abal-kuber01").needReboot();
  set.machine("abal-kuber01").startAgent();
  await set.rebootIs("abal-kuber01", (reboot) => read(reboot, "status", "holds", 0, "kind") === "approval");

  const explained = await run("explain", "abal-kuber01", ...kubeconfig);
  expect(explained).toMatchObject({ code: 0 });
  expect(explained.lines.slice(0, 1)).toEqual(["abal-kuber01: pool control-plane, mode approval"]);
  expect(explained.lines).toContain("  1. approval: abal-kuber01 needs the approval of operators. Ask ana.");
  expect(explained.lines.some((line) => /^abal-kuber01 would reboot now, if approved/.test(line))).toBe(true);

  const silent = await run("explain", "abal-kuber04", "--format", "json", ...kubeconfig);
  expect(JSON.parse(silent.lines.join("\n"))).toMatchObject({
    pool: "workers",
    pending: null,
    policy: { valid: true },
  });

  const file = join(folder, "new.yaml");
  writeFileSync(file, policyText({ forcePeople: 1 }).replace("mode: approval", "mode: automatic"));
  const planned = await run("policy", "plan", file, "--format", "json", ...kubeconfig);
  expect(planned).toMatchObject({ code: 0 });
  expect(JSON.parse(planned.lines.join("\n"))).toMatchObject({
    inForce: { cluster: "abal-kuber" },
    nodes: [
      {
        node: "abal-kuber01",
        before: { mode: "approval", holds: [{ kind: "approval" }], forecast: { kind: "starts", ifApproved: true } },
        after: { mode: "automatic", holds: [], forecast: { kind: "starts", ifApproved: false } },
        voids: [],
      },
      { node: "abal-kuber04" },
    ],
    emptyPools: [],
  });
  const comment = await run("policy", "plan", file, "--format", "markdown", ...kubeconfig);
  expect(comment.code).toBe(0);
  expect(comment.lines.join("\n")).toMatch(
    /^\*\*1 of 2 nodes changes pool or mode.*\n\n\*\*Warnings\*\*.*\nBeside the policy in force, /s,
  );
  const unknown = await run("explain", "abal-kuber1", ...kubeconfig);
  expect(unknown).toEqual({ code: 2, lines: ["There is no node abal-kuber1. Did you mean abal-kuber01?"] });
});

test("preflight asks a live cluster by dry runs, explains, and tells what if a budget were not there", async () => {
  const set = await Stage.set({ policy: policyText({ forcePeople: 1 }), nodes: NODES });
  stage = set;
  await set.runWeb("abal-kuber04", 1);
  const kubeconfig = ["--kubeconfig", set.plane.kubeconfig()];
  const all = await run("preflight", "--all", ...kubeconfig);
  expect(all.code).toBe(1);
  expect(all.lines.slice(0, 2)).toEqual(["✔ abal-kuber01: 0 pods can leave.", "✖ abal-kuber04: of 1 pod 1 may not."]);
  expect(all.lines[2]).toMatch(
    /^ {4}web\/web-\S+: PDB web\/web wants 1 ready pod and Deployment web has 1 replica \(1 of 1\)\./,
  );
  expect(all.lines).toContain("      verdict: can never be satisfied");
  const one = await run("preflight", "abal-kuber04", "--format", "json", ...kubeconfig);
  const [found] = JSON.parse(one.lines.join("\n"));
  expect(found).toMatchObject({ drainable: false, refusals: [{ cause: "single replica", budgets: ["web/web"] }] });
  const without = await run("preflight", "abal-kuber04", "--without-pdb", "web/web", ...kubeconfig);
  expect(without).toEqual({ code: 0, lines: ["✔ abal-kuber04: 1 pod can leave."] });
  const writes = (await set.audit()).filter(({ userAgent, verb }) => userAgent === "bootswain" && verb !== "get");
  expect(
    writes.filter(({ verb, subresource }) => !["list", "watch"].includes(verb) && subresource !== "eviction"),
  ).toEqual([]);
  const evictions = writes.filter(({ subresource }) => subresource === "eviction");
  expect(evictions.every(({ requestObject }) => read(requestObject, "deleteOptions", "dryRun", 0) === "All")).toBe(
    true,
  );

  const unknown = await run("preflight", "abal-kuber04", "--without-pdb", "web/wep", ...kubeconfig);
  expect(unknown).toEqual({ code: 2, lines: ["There is no disruption budget web/wep. Did you mean web/web?"] });
  const nobody = await run("preflight", ...kubeconfig);
  expect(nobody).toEqual({ code: 2, lines: ["Name the nodes to look at, or all of them by --all."] });
});

test("without a cluster it says what to do", async () => {
  const ended = await run("explain", "x", "--kubeconfig", join(folder, "nowhere"));
  expect(ended).toEqual({ code: 3, lines: [`There is no kubeconfig ${join(folder, "nowhere")}. Check --kubeconfig.`] });
});
