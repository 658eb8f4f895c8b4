import type { ClusterWide } from "./cluster-wide.ts";
import { writeDuration } from "./drain.ts";
import type { WrittenGate } from "./gates.ts";
import type { Kured } from "./kured.ts";
import { durationOf, isOn, type KuredFlags, sourceOf } from "./kured-flags.ts";
import { BLANK, type Line, line, mapping, scalar } from "./lines.ts";
import { nodeLabelsOf } from "./node-labels.ts";
import type { PoolText } from "./pools.ts";
import { writeWindow } from "./windows.ts";

export interface PolicyText {
  readonly cluster: string | null;
  readonly slackChannel: string | null;
  readonly wide: ClusterWide;
  readonly pools: readonly PoolText[];
  readonly kureds: readonly [Kured, ...Kured[]];
}

export function policyLines(policy: PolicyText): readonly Line[] {
  const { wide, pools, kureds } = policy;
  const isAlone = kureds.length === 1;
  return [
    ...headLines(policy),
    BLANK,
    ...peopleLines(),
    BLANK,
    ...slackLines(policy),
    BLANK,
    ...gateLines(wide.gates),
    BLANK,
    line("defaults:", "for all pools"),
    ...mayLines(kureds),
    ...(isAlone ? settingLines(kureds[0], "  ") : []),
    BLANK,
    line("pools:", pools.length > 1 ? "the first that matches takes the node" : ""),
    ...pools.flatMap((pool, index) => [...(index === 0 ? [] : [BLANK]), ...poolLines(pool, isAlone)]),
  ];
}

function headLines({ cluster, wide }: PolicyText): readonly Line[] {
  const say =
    cluster === null
      ? "say your cluster's name here; it must equal the bot's --cluster"
      : "must equal the bot's --cluster";
  return [
    line("apiVersion: policy.bootswain.dev/v1alpha1"),
    line("kind: RebootPolicy"),
    line(`cluster: ${scalar(cluster ?? "my-cluster")}`, say),
    line(`timeZone: ${scalar(wide.timeZone)}`, wide.timeZoneNote),
    line(`maxRebooting: ${wide.maxRebooting}`, wide.maxRebootingNote),
  ];
}

const peopleLines = (): readonly Line[] => [
  line("people:", "kured knew no people; say here who you are"),
  line("  someone: { slack: U0123456789 }", "say a name and its Slack user id here"),
  line("groups:"),
  line("  operators: { people: [someone] }"),
];

function slackLines({ slackChannel, kureds }: PolicyText): readonly Line[] {
  if (slackChannel !== null) return [line(`slack: { channel: ${scalar(slackChannel)} }`)];
  const had = kureds.some(({ flags }) => flags.has("slack-hook-url") || flags.has("notify-url"));
  const note = had ? "say your channel's id here; a hook's URL doesn't tell it" : "say your channel's id here";
  return [line("# slack: { channel: C0123456789 }", note)];
}

function gateLines(gates: readonly WrittenGate[]): readonly Line[] {
  if (gates.length === 0) return [];
  return [line("gates:"), ...gates.flatMap(gateItem)];
}

const LONG = 100;

function gateItem(gate: WrittenGate): readonly Line[] {
  const name = `name: ${gate.name.includes("=") ? JSON.stringify(gate.name) : gate.name}`;
  const condition = conditionOf(gate);
  const whole = `  - { ${name}, ${condition} }`;
  return whole.length <= LONG ? [line(whole, gate.note)] : [line(`  - ${name}`, gate.note), line(`    ${condition}`)];
}

function conditionOf(gate: WrittenGate): string {
  switch (gate.kind) {
    case "pods":
      return `noPods: { matchLabels: ${mapping(gate.labels)} }`;
    case "query":
      return `mustHold: '${gate.query.replaceAll("'", "''")}'`;
    default:
      return gate satisfies never;
  }
}

function mayLines(kureds: readonly Kured[]): readonly Line[] {
  const isForced = kureds.some(({ flags }) => isOn(flags, "force-reboot"));
  const force = line(
    "    # force: { by: operators, people: 1 }",
    "--force-reboot has no equal (below); this lets people force",
  );
  return [
    line("  may:", "nobody may force until you say so"),
    line("    approve: { by: operators }"),
    line("    skip: { by: operators, upTo: 14d }"),
    line("    other: { by: operators }", "retry, pause, resume and so on"),
    ...(isForced ? [force] : []),
  ];
}

function settingLines({ flags, drain }: Kured, indent: string): readonly Line[] {
  const discourages = hasTaint(flags);
  return [
    line(`${indent}drain:`),
    ...drain.keys.map(({ key, value, note }) => line(`${indent}  ${key}: ${value}`, note)),
    ...(drain.rules.length === 0 ? [] : [line(`${indent}  pods:`, "--drain-pod-selector")]),
    ...drain.rules.map(({ labels, action }) =>
      line(`${indent}    - { match: { matchLabels: ${mapping(labels)} }, action: ${action} }`),
    ),
    line(
      `${indent}reboot: { delay: ${writeDuration(durationOf(flags, "reboot-delay"))} }`,
      sourceOf(flags, "reboot-delay"),
    ),
    ...nodeLabelLines(flags, indent),
    line(`${indent}discourageScheduling: ${discourages}`, sourceOf(flags, "prefer-no-schedule-taint")),
  ];
}

const hasTaint = (flags: KuredFlags): boolean =>
  (flags.get("prefer-no-schedule-taint")?.values ?? []).some((name) => name !== "");

function nodeLabelLines(flags: KuredFlags, indent: string): readonly Line[] {
  const { during, after } = nodeLabelsOf(flags);
  const keys = [
    ["during", during, "--pre-reboot-node-labels"],
    ["after", after, "--post-reboot-node-labels"],
  ] as const;
  const lines = keys.flatMap(([key, labels, note]) =>
    Object.keys(labels).length === 0 ? [] : [line(`${indent}  ${key}: ${mapping(labels)}`, note)],
  );
  return lines.length === 0 ? [] : [line(`${indent}nodeLabels:`), ...lines];
}

function poolLines(pool: PoolText, isAlone: boolean): readonly Line[] {
  const { labels, labelsNote, kured } = pool;
  return [
    line(`  - name: ${scalar(pool.name)}`, labels === null ? labelsNote : ""),
    ...(labels === null ? [] : [line(`    nodes: { matchLabels: ${mapping(labels)} }`, labelsNote)]),
    line(`    mode: ${pool.mode}`, pool.modeNote),
    ...(pool.atOnce === null
      ? []
      : [line(`    maxUnavailable: ${pool.atOnce}`, "--concurrency; NotReady nodes count, too")]),
    windowLine(kured),
    ...(isAlone ? [] : settingLines(kured, "    ")),
  ];
}

function windowLine({ times, flags }: Kured): Line {
  const names = (["reboot-days", "start-time", "end-time"] as const).filter((name) => flags.has(name));
  const given = names.map((name) => flags.get(name)?.from).join(", ");
  if (times.kind !== "window")
    return line("    windows: always", given === "" ? "--reboot-days, --start-time and --end-time left out" : given);
  const isLastMinute = times.to === 24 * 60 - 1;
  const note = isLastMinute ? `${given}; "23:59" leaves out the last minute, "00:00" is midnight` : given;
  return line(`    windows: [${writeWindow(times)}]`, note);
}
