import { expect, test } from "vitest";
import { parsePolicy } from "../parse-policy.ts";
import { fromKured } from "./from-kured.ts";

interface DaemonSet {
  readonly name: string;
  readonly args: readonly string[];
  readonly spec: Readonly<Record<string, unknown>>;
  readonly env: readonly unknown[];
  readonly image: string;
}

const aDaemonSet = (some: Partial<DaemonSet> = {}): DaemonSet => ({
  name: "kured",
  args: [],
  spec: {},
  env: [],
  image: "ghcr.io/kubereboot/kured:1.23.0",
  ...some,
});

const manifest = ({ name, args, spec, env, image }: DaemonSet): string =>
  JSON.stringify({
    kind: "DaemonSet",
    metadata: { name, namespace: "kube-system" },
    spec: { template: { spec: { containers: [{ name: "kured", image, args, env }], ...spec } } },
  });

function convert(sets: readonly DaemonSet[], isControlPlaneSeparate = false) {
  const text = sets.map(manifest).join("\n---\n");
  const made = fromKured(text, { file: "f", cluster: null, slackChannel: null, isControlPlaneSeparate });
  if (!made.ok) return { problems: made.problems, text: "", policy: null, warnings: [] };
  const parsed = parsePolicy(made.text, { file: "made", commit: null, subject: null });
  return { problems: [], text: made.text, policy: parsed.ok ? parsed.policy : null, warnings: made.warnings };
}

const ofGpu = aDaemonSet({
  name: "kured-gpu",
  args: ["--ds-name=kured-gpu", "--start-time=2", "--end-time=4", "--concurrency=2"],
  spec: { nodeSelector: { gpu: "true", "kubernetes.io/os": "linux" } },
});

test("each DaemonSet is a pool, the one that chooses most first; locks add up", () => {
  const { policy } = convert([aDaemonSet(), ofGpu]);
  expect(policy?.maxRebooting).toBe(3);
  expect(policy?.pools).toMatchObject([
    { name: "gpu", matchLabels: { gpu: "true" }, windows: [{ from: { hour: 2 } }], maxUnavailable: { count: 2 } },
    { name: "nodes", matchLabels: null, windows: "always", maxUnavailable: { count: 1 } },
  ]);
});

test("DaemonSets that share a lock share its count", () => {
  const { policy } = convert([aDaemonSet({ args: ["--ds-name=kured-gpu"] }), ofGpu]);
  expect(policy?.maxRebooting).toBe(2);
});

test("with separate control planes each gets one, and a DaemonSet for them is left whole", () => {
  expect(convert([aDaemonSet(), ofGpu], true).policy?.pools.map(({ name, mode }) => [name, mode])).toEqual([
    ["gpu-control-plane", "approval"],
    ["nodes-control-plane", "approval"],
    ["gpu", "automatic"],
    ["nodes", "automatic"],
  ]);
  const ofMasters = aDaemonSet({ name: "cp", spec: { nodeSelector: { "node-role.kubernetes.io/control-plane": "" } } });
  expect(convert([aDaemonSet(), ofMasters], true).policy?.pools.map(({ name, mode }) => [name, mode])).toEqual([
    ["cp", "approval"],
    ["nodes", "automatic"],
  ]);
});

test.each([
  [
    "their zones differ",
    [aDaemonSet({ args: ["--start-time=2", "--time-zone=Asia/Tokyo"] }), ofGpu],
    "f: DaemonSet kube-system/kured and DaemonSet kube-system/kured-gpu have different time zones, and a policy has one; convert them one at a time, or give them one time zone",
  ],
  [
    "nothing tells their nodes apart",
    [aDaemonSet(), aDaemonSet({ name: "other" })],
    "f: DaemonSet kube-system/kured and DaemonSet kube-system/other have no nodeSelector that tells their nodes apart, so the second would get no node; give each its own, or convert them one at a time",
  ],
])("DaemonSets that can't be one policy are refused: %s", (_, sets, problem) => {
  expect(convert(sets).problems).toEqual([problem]);
});

test("a zone matters only where there are times", () => {
  const { policy } = convert([aDaemonSet({ args: ["--time-zone=Asia/Tokyo"] }), ofGpu]);
  expect(policy?.timeZone).toBe("UTC");
});

test("gates that only one of them has count for all, which is said", () => {
  const { policy, warnings } = convert([aDaemonSet({ args: ["--blocking-pod-selector=a=b"] }), ofGpu]);
  expect(policy?.gates).toHaveLength(1);
  expect(warnings).toContainEqual(expect.stringContaining("each pool waits for all of them"));
});

test.each([
  ["1.16.2, where the command line wins", "1.16.2", 22],
  ["1.17.0, where the environment wins", "1.17.0", 20],
  ["an unknown version, which counts as a new one", "latest", 20],
])("KURED_START_TIME beside --start-time in %s", (_, tag, hour) => {
  const set = aDaemonSet({
    image: `kured:${tag}`,
    args: ["--start-time=22:00"],
    env: [{ name: "KURED_START_TIME", value: "20:00" }],
  });
  expect(convert([set]).policy?.pools[0]?.windows).toMatchObject([{ from: { hour } }]);
});

test("$(NAME) in an argument is the container's variable", () => {
  const set = aDaemonSet({ args: ["--start-time=$(BEGIN)"], env: [{ name: "BEGIN", value: "20:00" }] });
  expect(convert([set]).policy?.pools[0]?.windows).toMatchObject([{ from: { hour: 20 } }]);
});

const elsewhere = (name: string) => ({ name, valueFrom: { secretKeyRef: { name: "s", key: "k" } } });

test("a value in a Secret is asked for only where it matters", () => {
  expect(
    convert([aDaemonSet({ env: [elsewhere("KURED_SLACK_HOOK_URL"), elsewhere("KURED_NODE_ID")] })]).problems,
  ).toEqual([]);
  expect(convert([aDaemonSet({ env: [elsewhere("KURED_END_TIME")] })]).problems).toEqual([
    "f: DaemonSet kube-system/kured: KURED_END_TIME has its value from somewhere else, such as a Secret or a ConfigMap; write the value itself there and try again",
  ]);
});

test.each([
  [
    "a mounted folder gives the sentinel's name on the host",
    { volumes: [{ name: "s", hostPath: { path: "/run/x" } }] },
    "--sentinel /run/x/reboot-required",
  ],
  ["no toleration is spoken of", {}, "kured tolerated no taint of control-plane nodes"],
  [
    "affinity that labels can't say is spoken of",
    {
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchExpressions: [{ key: "x", operator: "Exists" }] }],
          },
        },
      },
    },
    "kured's node affinity says more than a pool's labels can",
  ],
])("%s", (_, spec, sentence) => {
  const containers = [
    {
      name: "kured",
      args: ["--reboot-sentinel=/sentinel/reboot-required"],
      volumeMounts: [{ name: "s", mountPath: "/sentinel" }],
    },
  ];
  const { text } = convert([aDaemonSet({ spec: { ...spec, containers } })]);
  expect(text.replace(/\n#\s*/g, " ")).toContain(sentence);
});
