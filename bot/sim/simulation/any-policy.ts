import { type Duration, HOUR, type Instant, MINUTE, parseInstant } from "../../core/instant.ts";
import type { SeededRandom } from "../random.ts";
import { LocalClock, localText } from "../rules/local-clock.ts";
import type {
  FreezeData,
  GateData,
  HooksData,
  MayData,
  PolicyData,
  PoolData,
  WindowData,
} from "../rules/policy-data.ts";
import { anyDrain } from "./any-drain.ts";
import { STAFFS, type Staff } from "./staff.ts";

export const CONTROL_PLANE = "node-role.kubernetes.io/control-plane";
export const ZONE_LABEL = "topology.kubernetes.io/zone";
export const LAB = "example.com/lab";

/** Times around which clocks change, or a day is skipped; the last is one on which nothing happens. */
const PLACES: readonly (readonly [zone: string, change: string])[] = [
  ["America/Chicago", "2026-03-08T08:00:00Z"],
  ["America/Chicago", "2026-11-01T07:00:00Z"],
  ["Europe/Berlin", "2026-03-29T01:00:00Z"],
  ["Europe/Berlin", "2026-10-25T01:00:00Z"],
  ["Australia/Lord_Howe", "2026-10-03T15:30:00Z"],
  ["Australia/Lord_Howe", "2026-04-04T15:00:00Z"],
  ["America/Santiago", "2026-09-06T04:00:00Z"],
  ["America/Santiago", "2026-04-05T03:00:00Z"],
  ["Pacific/Apia", "2011-12-30T10:00:00Z"],
  ["Asia/Kathmandu", "2026-12-05T12:00:00Z"],
];
/** Where clocks change, and where windows are worth having. */
const NIGHT = ["23:30", "00:00", "00:45", "01:00", "01:30", "02:00", "02:15", "02:30", "03:00"];

export interface Place {
  readonly zone: string;
  readonly start: Instant;
}

/** Mostly some hours before the clocks change. */
export function anyPlace(random: SeededRandom): Place {
  const [zone, change] = random.pick(PLACES) ?? ["UTC", "2026-12-01T00:00:00Z"];
  const hours = random.chance(0.8) ? random.between(0, 18) : random.between(-30, 60);
  return { zone, start: (parseInstant(change) ?? 0) - hours * HOUR - random.between(0, 59) * MINUTE };
}

/** A policy as people would write it, by chance; every fleet can finish under it. */
export function anyPolicy({ zone, start }: Place, hasLab: boolean, random: SeededRandom): PolicyData {
  const controlPlane = {
    ...anyPool("control-plane", random.chance(0.6) ? "approval" : "automatic", random),
    nodes: { matchLabels: { [CONTROL_PLANE]: "true" } },
    ...(random.chance(0.3) ? { quorum: random.pick(["etcd", "ready", "none"] as const) ?? "etcd" } : {}),
  };
  const workers = {
    ...anyPool("workers", random.chance(0.85) ? "automatic" : "approval", random),
    ...(random.chance(0.4) ? { spreadOver: ZONE_LABEL } : {}),
  };
  const lab = { ...anyPool("lab", "observe", random), nodes: { matchLabels: { [LAB]: "true" } } };
  const order = random.pick(["none", "none", "control-plane last", "workers last"] as const);
  return {
    timeZone: zone,
    maxRebooting: random.pick([1, 1, 1, 2, 2, 3]) ?? 1,
    ...anyStaff(random.fork("staff")),
    ...(random.chance(0.4) ? { freezes: [anyFreeze(zone, start, random)] } : {}),
    gates: anyGates(random.fork("gates")),
    pools: [
      ...(hasLab ? [lab] : []),
      order === "control-plane last" ? { ...controlPlane, after: ["workers"] } : controlPlane,
      order === "workers last" ? { ...workers, after: ["control-plane"] } : workers,
    ],
  };
}

const anyStaff = (random: SeededRandom): Staff => random.pick(STAFFS) ?? { people: {}, groups: {} };

/** The same policy after someone changed who decides, or what its pools' safety depends on. */
export function changedPolicy(policy: PolicyData, random: SeededRandom): PolicyData {
  const people = random.fork(`staff ${random.next()}`);
  if (people.chance(0.4)) return { ...policy, ...anyStaff(people) };
  const change = (pool: PoolData): PoolData => {
    const { drain, may } = pool;
    const changes: readonly Partial<PoolData>[] = [
      { drain: { ...drain, giveUpAfter: minutes(random.between(2, 15)) } },
      { drain: { ...drain, whenWindowCloses: drain.whenWindowCloses === "stop" ? "finish" : "stop" } },
      { may: { ...may, approve: { ...may.approve, people: 3 - may.approve.people } } },
      { windows: anyWindows(random) },
      { mode: pool.mode === "approval" ? "automatic" : pool.mode },
      { maxUnavailable: random.between(1, 3) },
    ];
    return { ...pool, ...random.pick(changes) };
  };
  return { ...policy, pools: policy.pools.map((pool) => (random.chance(0.7) ? change(pool) : pool)) };
}

function anyPool(name: string, mode: PoolData["mode"], random: SeededRandom): PoolData {
  return {
    name,
    mode,
    windows: random.chance(0.45) ? "always" : anyWindows(random),
    maxUnavailable: random.pick([1, 1, 2, 3, "25%", "50%", "100%"]) ?? 1,
    may: anyMay(random),
    drain: anyDrain(random),
    hooks: anyHooks(random.fork(`hooks ${name}`)),
    reboot: { delay: `${random.between(0, 90)}s`, backWithin: minutes(random.between(8, 15)) },
    verify: { soak: `${random.between(0, 120)}s`, atMost: "10m" },
    // biome-ignore lint/suspicious/noThenProperty: a key of the policy
    ...(random.chance(0.25) ? { overdue: { after: minutes(random.between(30, 240)), then: "automatic" } } : {}),
  };
}

export const GATES = { query: "errors", alerts: "alerts", pods: "backup" } as const;
/** In which pods run that a gate looks for. */
export const BACKUP = "backup";

function anyGates(random: SeededRandom): readonly GateData[] {
  const gates: readonly GateData[] = [
    { name: GATES.query, mustHold: "errors < 1" },
    { name: GATES.alerts, alerts: { match: { severity: "critical" } } },
    { name: GATES.pods, noPods: { namespace: BACKUP } },
  ];
  return gates.filter(() => random.chance(0.35));
}

/** Suspended CronJobs, one for each stage. */
export const HOOK_JOBS = {
  beforeDrain: "hooks/hook-check",
  beforeReboot: "hooks/hook-prepare",
  afterReboot: "hooks/hook-smoke",
} as const;

function anyHooks(random: SeededRandom): HooksData {
  const stages = ["beforeDrain", "beforeReboot", "afterReboot"] as const;
  const hooks = stages.flatMap((stage) => {
    if (!random.chance(0.2)) return [];
    const onFailure = random.pick(stage === "afterReboot" ? (["fail", "continue"] as const) : ON_FAILURE) ?? "continue";
    const onNode = random.chance(0.5);
    const hook = { name: stage, cronJob: HOOK_JOBS[stage], onNode, timeout: minutes(random.between(1, 4)), onFailure };
    return [[stage, [hook]] as const];
  });
  return Object.fromEntries(hooks);
}

const ON_FAILURE = ["yield", "yield", "fail", "continue"] as const;

const minutes = (count: number): string => `${count}m`;

function anyMay(random: SeededRandom): MayData {
  const by = "operators";
  return {
    approve: { by, people: random.between(1, 2), validFor: random.chance(0.5) ? "nextWindow" : "8h" },
    now: { by },
    force: { by, people: random.between(1, 2), validFor: "2h" },
    skip: { by, upTo: "14d" },
    other: { by },
  };
}

/** At least one of them opens every few days. */
function anyWindows(random: SeededRandom): readonly WindowData[] {
  const often = { ...anyDays(["mon-fri", "fri-tue", "sat-wed"], random), ...anyTimes(random) };
  if (random.chance(0.6)) return [often];
  return [
    often,
    { ...anyDays(["sat", "sun", "first sun", "second sun", "last sun", "last sat"], random), ...anyTimes(random) },
  ];
}

const anyDays = (days: readonly string[], random: SeededRandom): Pick<WindowData, "days"> =>
  random.chance(0.3) ? { days: [random.pick(days) ?? "sun"] } : {};

function anyTimes(random: SeededRandom): Omit<WindowData, "days"> {
  const from = anyTime(random);
  if (random.chance(0.3)) return { from, for: minutes(30 * random.between(1, random.pick([6, 20, 60]) ?? 6)) };
  return { from, to: anyTime(random) };
}

function anyTime(random: SeededRandom): string {
  if (random.chance(0.5)) return random.pick(NIGHT) ?? "02:00";
  const two = (count: number): string => String(count).padStart(2, "0");
  return `${two(random.between(0, 23))}:${two(15 * random.between(0, 3))}`;
}

/** Some hours at the beginning or soon after it, for all pools or one. */
function anyFreeze(zone: string, start: Instant, random: SeededRandom): FreezeData {
  const clock = new LocalClock(zone);
  const quarter: Duration = 15 * MINUTE;
  const local = (at: Instant): string => localText(Math.floor(clock.shows(at) / quarter) * quarter);
  const from = start + random.between(-6, 6) * HOUR;
  const pools = random.pick([null, "control-plane", "workers"] as const) ?? null;
  return {
    name: "release",
    from: local(from),
    to: local(from + random.between(4, 24) * 30 * MINUTE),
    ...(pools === null ? {} : { pools: [pools] }),
  };
}
