import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Policy } from "../../core/policy/policy.ts";
import { parsePolicy } from "../parse-policy.ts";
import { formatProblem } from "../problem.ts";
import { type FromKuredOptions, fromKured } from "./from-kured.ts";

const anOptions = (some: Partial<FromKuredOptions> = {}): FromKuredOptions => ({
  file: "f",
  cluster: null,
  slackChannel: null,
  isControlPlaneSeparate: false,
  ...some,
});

interface Made {
  readonly text: string;
  readonly warnings: readonly string[];
  readonly policy: Policy;
}

function make(text: string, options: Partial<FromKuredOptions> = {}): Made {
  const made = fromKured(text, anOptions(options));
  if (!made.ok) throw new Error(made.problems.join("\n"));
  return { ...made, policy: parsed(made.text) };
}

function parsed(text: string): Policy {
  const read = parsePolicy(text, { file: "made", commit: null, subject: null });
  if (!read.ok) throw new Error(read.problems.map(formatProblem).join("\n"));
  return read.policy;
}

function problemsOf(text: string): readonly string[] {
  const made = fromKured(text, anOptions());
  return made.ok ? [] : made.problems;
}

/** The comment as one line, so that it may be wrapped anywhere. */
const commentOf = (text: string): string =>
  text
    .split("\n")
    .filter((line) => line.startsWith("#"))
    .map((line) => line.replace(/^#\s*/, ""))
    .join(" ");

const STARTING_CLUSTER = `--reboot-days=mon,tue,wed,thu,fri,sat,sun --start-time=22:00 --end-time=01:00 --time-zone=America/Chicago
--reboot-delay=90s
--reboot-sentinel=/sentinel/reboot-required
--message-template-drain=Draining node %s
--message-template-reboot=Rebooting %s now
--message-template-uncordon=Node %s is back`;

/** What kured's flags decide; people, rights and channel they don't know. */
const decided = ({ cluster, timeZone, maxRebooting, gates, freezes, pools }: Policy) => ({
  cluster,
  timeZone,
  maxRebooting,
  gates,
  freezes,
  pools: pools.map(({ name, matchLabels, mode, windows, maxUnavailable, drain, reboot, verify }) => ({
    name,
    matchLabels,
    mode,
    windows,
    maxUnavailable,
    drain,
    reboot,
    verify,
  })),
});

test("the starting cluster's flags give, with separate pools, the starting cluster's policy", () => {
  const { policy } = make(STARTING_CLUSTER, { cluster: "abal-kuber", isControlPlaneSeparate: true });
  const expected = readFileSync(join(import.meta.dirname, "../../../policies/abal-kuber.yaml"), "utf8");
  expect(decided(policy)).toEqual(decided(parsed(expected)));
});

test("no flags at all give a policy that reboots like kured by its defaults", () => {
  const { policy } = make("{ kind: DaemonSet, spec: { template: { spec: { containers: [{ name: kured }] } } } }");
  expect(policy).toMatchObject({
    cluster: "my-cluster",
    timeZone: "UTC",
    maxRebooting: 1,
    gates: [],
    slackChannel: null,
  });
  expect(policy.pools).toMatchObject([
    { mode: "automatic", matchLabels: null, windows: "always", reboot: { delay: 0 }, discourageScheduling: false },
  ]);
});

const only = (flags: string) => make(flags).policy.pools[0];

test.each([
  ["--drain-timeout=1h30m", { drain: { giveUpAfter: 5_400_000 } }],
  ["--drain-timeout=0", { drain: { giveUpAfter: 900_000 } }],
  ["--drain-grace-period=30", { drain: { gracePeriod: 30_000 } }],
  ["--drain-grace-period=0", { drain: { gracePeriod: 1_000 } }],
  ["--drain-grace-period=-1", { drain: { gracePeriod: null } }],
  ["--skip-wait-for-delete-timeout=60", { drain: { ignoreTerminatingAfter: 60_000 } }],
  ["--reboot-delay=1m30.5s", { reboot: { delay: 91_000 } }],
  ["--concurrency=3", { maxUnavailable: { kind: "count", count: 3 } }],
  ["--prefer-no-schedule-taint=weave.works/kured-node-reboot", { discourageScheduling: true }],
  ["--pre-reboot-node-labels=a=1,b=true", { nodeLabels: { during: { a: "1", b: "true" } } }],
  ["--post-reboot-node-labels=a=0", { nodeLabels: { after: { a: "0" } } }],
  ["--drain-pod-selector=app!=db", { drain: { pods: [{ match: { matchLabels: { app: "db" } }, action: "leave" }] } }],
  ["--reboot-days=sa,0", { windows: [{ days: [{ weekdays: [6] }, { weekdays: [7] }], from: { hour: 0, minute: 0 } }] }],
  ["--reboot-days=1-", {}],
])("%s becomes a key of the pool", (flags, expected) => {
  if (Object.keys(expected).length === 0) expect(problemsOf(flags)).toHaveLength(1);
  else expect(only(flags)).toMatchObject(expected);
});

test.each([
  [
    "pods in any namespace",
    "--blocking-pod-selector=app=backup,tier=x --blocking-pod-selector=name=temperamental",
    [
      { kind: "pods", noPods: { namespace: null, matchLabels: { app: "backup", tier: "x" } } },
      { kind: "pods", noPods: { namespace: null, matchLabels: { name: "temperamental" } } },
    ],
  ],
  ["one of several values", "--blocking-pod-selector='app in (a,b)'", [{ noPods: {} }, { noPods: {} }]],
  ["every alert", "--prometheus-url=http://p", [{ kind: "query", mustHold: "absent(ALERTS)" }]],
  [
    "alerts that fire, without some",
    "--prometheus-url=http://p --alert-firing-only --alert-filter-regexp='^(RebootRequired|Watchdog)$'",
    [{ mustHold: 'absent(ALERTS{alertname!~"RebootRequired|Watchdog",alertstate="firing"})' }],
  ],
  [
    "only alerts that an expression matches",
    "--prometheus-url=http://p --alert-filter-match-only=true --alert-filter-regexp='Etc.d\\d'",
    [{ mustHold: String.raw`absent(ALERTS{alertname=~".*(?:Etc.d\\d).*"})` }],
  ],
  ["nothing without Prometheus", "--alert-filter-regexp=x", []],
])("gates wait for what kured waited for: %s", (_, flags, expected) => {
  expect(make(flags).policy.gates).toMatchObject(expected);
});

test.each([
  ["a day rule over midnight", "--reboot-days=mon --start-time=22:00 --end-time=02:00", "kured tested the current day"],
  [
    "its own rule beside it",
    "--reboot-days=mon --start-time=22:00 --end-time=02:00",
    '{ days: [mon], from: "22:00", to: "00:00" }]',
  ],
  ["seconds", "--start-time=22:00:30 --end-time=23:00", "Windows are in whole minutes"],
  ["the drain without a limit", "--drain-timeout=0", "kept it cordoned, and the lock, for ever"],
  ["labels that stay", "--pre-reboot-node-labels=a=1", "kured left a as it had set it"],
  ["the sentinel's name on the host", "--reboot-sentinel=/sentinel/x", "tell the agent --sentinel /var/run/x"],
  ["the reboot command", "--reboot-command='/bin/x -y'", "tell the agent --reboot-command '/bin/x -y'"],
  ["its default", "--period=5m", "tell the agent --reboot-command '/bin/systemctl reboot'"],
  ["force", "--force-reboot", "let people force a blocked node (may.force)"],
  ["a command for the sentinel", "--reboot-sentinel-command=x", "--reboot-sentinel-command=x: no equal"],
  ["an unknown flag", "--perod=5m", "Left out: --perod is no flag of kured 1.15 to 1.23; did you mean --period?"],
])("the policy says what differs: %s", (_, flags, sentence) => {
  expect(commentOf(make(flags).text)).toContain(sentence);
});

test.each([
  ["no clock changes where there are none", "--start-time=22:00 --end-time=01:00", "clocks"],
  ["no windows where they are always open", "--period=5m", "When the window closes"],
  ["no gates where there are none", "--period=5m", "A gate that turns red"],
  ["no force where there was none", "--force-reboot=false", "force-reboot"],
  ["no default that was written out", "--log-format=text --lock-ttl=0s", "log-format"],
])("the policy is silent on what doesn't matter: %s", (_, flags, sentence) => {
  expect(commentOf(make(flags).text)).not.toContain(sentence);
});

test.each([
  ["no day", "--reboot-days=", "observe"],
  ["less than a minute", "--start-time=10:00 --end-time=10:00", "observe"],
  ["a selector that labels can't say", "--blocking-pod-selector=!safe", "observe"],
  ["a drain that rules can't say", "--drain-pod-selector=app=web", "observe"],
  ["nothing of the kind", "--start-time=10:00 --end-time=10:01", "automatic"],
])("a policy that would reboot where kured didn't only observes: %s", (_, flags, mode) => {
  expect(only(flags)?.mode).toBe(mode);
});

test.each([
  [
    "a time",
    "--start-time=9:30pm",
    '--start-time is "9:30pm"; kured would not start with it: it takes a time of day: 22:00, 22:00:30, 22, 10pm or 09:30pm',
  ],
  [
    "a day",
    "--reboot-days=mon,tues",
    '--reboot-days is "tues"; kured would not start with it: it takes days: mo, mon, monday, or 0 (Sunday) to 6',
  ],
  [
    "a zone",
    "--time-zone=Mars/Olympus",
    '--time-zone is "Mars/Olympus"; kured would not start with it: it takes an IANA time zone, such as America/Chicago',
  ],
  [
    "a duration",
    "--reboot-delay=90",
    '--reboot-delay is "90"; kured would not start with it: it takes a duration with its unit, such as 90s or 1h30m',
  ],
  ["a number", "--concurrency=two", '--concurrency is "two"; kured would not start with it: it takes a whole number'],
  [
    "nothing where something must be",
    "--start-time=",
    "--start-time is an empty text; kured would not start with it: it takes a time of day: 22:00, 22:00:30, 22, 10pm or 09:30pm",
  ],
])("a value that kured refuses is refused: %s", (_, flags, problem) => {
  expect(problemsOf(flags)).toEqual([`f: the flags in f: ${problem}`]);
});

test("what the policy check warns of is passed on", () => {
  const { text, warnings } = make("--perod=5m");
  const read = parsePolicy(text, { file: "made", commit: null, subject: null });
  const expected = read.ok ? read.warnings.map(({ path, message }) => `${path} ${message}`) : [];
  expect(warnings).toEqual([expect.stringContaining("--perod is no flag"), ...expected]);
});

test("all problems come at once", () => {
  expect(problemsOf("--start-time=x --end-time=y --concurrency=z")).toHaveLength(3);
});

test("a value that a policy can't hold is no policy, but a problem", () => {
  expect(problemsOf("--post-reboot-node-labels=-a=1")).toEqual([
    expect.stringContaining("this makes no valid policy: the policy:"),
  ]);
});

test.each([
  ["a hook's address", "--slack-hook-url=https://hooks.slack.com/services/T/B/SECRET"],
  ["another address", "--notify-url=slack://SECRET@x"],
  ["a password for Prometheus", "--prometheus-url=http://me:SECRET@prometheus"],
])("secrets stay out of the policy: %s", (_, flags) => {
  const { text } = make(flags);
  expect(text).toContain(flags.split("=")[0]);
  expect(text).not.toContain("SECRET");
});

test("what stands in a comment can't leave it", () => {
  const { policy } = make(`--message-template-drain="x\npools: []\n#" --reboot-sentinel="/a\u2028cluster: b"`);
  expect(policy.pools).toHaveLength(1);
});

test("a placeholder says so, and gives way to an option", () => {
  expect(make("--period=5m").text).toMatch(/^cluster: my-cluster +# say your cluster's name here/m);
  const { policy } = make("--period=5m", { cluster: "true", slackChannel: "C0ABC" });
  expect([policy.cluster, policy.slackChannel]).toEqual(["true", "C0ABC"]);
});
