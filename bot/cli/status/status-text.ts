import { refusalsOf } from "../../core/decide/digest.ts";
import { forecastText } from "../../core/forecast/forecast-text.ts";
import { formatDuration, type Instant, wallClock } from "../../core/instant.ts";
import { listed } from "../../core/listed.ts";
import { columns } from "../columns.ts";
import { policyLines } from "../policy-line.ts";
import type { FleetStatus, PoolStatus } from "./fleet-status.ts";
import { isToGo, type NodeStatus } from "./node-status.ts";
import { windowText } from "./window-now.ts";

type At = (instant: Instant) => string;

/** `name` is that of the program, as it was called. */
export function asText(status: FleetStatus, name: string): readonly string[] {
  const { policy, pools, poolless, now, snapshot, attention } = status;
  const at: At = (instant) => wallClock(instant, policy?.timeZone ?? "utc", now);
  // Why a newer policy is not used stands above, among what needs a look.
  const kept = snapshot.fleet?.policy ?? null;
  return [
    headline(status, at),
    slotLine(status, at),
    ...(attention.length === 0 ? [] : ["", "Needs a look:", ...attention.map(({ says }) => `  ! ${says}`)]),
    ...pools.flatMap((pool) => ["", ...poolLines(pool, status, at)]),
    ...(poolless.length === 0 ? [] : ["", "in no pool", ...nodeLines(poolless, status, at)]),
    "",
    ...gateLines(status, at),
    ...policyLines(policy, kept === null ? null : { ...kept, valid: true }, at),
    ...(attention.some(({ node }) => node !== null) ? [`What helps: ${name} explain NODE`] : []),
  ];
}

function headline({ policy, pools, poolless, now }: FleetStatus, at: At): string {
  const nodes = [...pools.flatMap((pool) => pool.nodes), ...poolless];
  const blocked = nodes.filter(({ state }) => state === "blocked").length;
  const failed = nodes.filter(({ state }) => state === "failed").length;
  return [
    policy?.cluster ?? "No policy in force",
    `${nodes.filter(isToGo).length} of ${nodes.length} nodes to go`,
    ...(failed === 0 ? [] : [`${failed} failed`]),
    ...(blocked === 0 ? [] : [`${blocked} blocked`]),
    at(now),
  ].join(" · ");
}

function slotLine({ snapshot, policy, pause }: FleetStatus, at: At): string {
  const slots = snapshot.fleet?.slots ?? [];
  const users = slots.length === 0 ? "no node is under way" : listed(slots.map(({ node }) => node));
  const most = policy === undefined ? "" : ` of ${policy.maxRebooting}`;
  const paused = pause === null ? "" : ` ${pausedText(pause, at)}`;
  return `Slots ${slots.length}${most}: ${users}.${paused}`;
}

function pausedText({ by, reason, since }: NonNullable<FleetStatus["pause"]>, at: At): string {
  const when = since === null ? "" : ` since ${at(since)}`;
  const why = reason === "" ? "" : `: ${reason}`;
  return `All reboots are paused by ${by === "" ? "someone" : by}${when}${why}.`;
}

function poolLines({ pool, window, nodes }: PoolStatus, status: FleetStatus, at: At): readonly string[] {
  const title = `${pool.name} · ${pool.mode} · ${windowText(window, at)}`;
  return [title, ...(nodes.length === 0 ? ["  no node"] : nodeLines(nodes, status, at))];
}

/** All nodes of the fleet share their columns. */
function nodeLines(
  nodes: readonly NodeStatus[],
  { pools, poolless, ...status }: FleetStatus,
  at: At,
): readonly string[] {
  const all = [...pools.flatMap((pool) => pool.nodes), ...poolless];
  const lines = columns(
    all.map((node) => [node.planned.situation.node.name, node.state, sentences(node, status, at)]),
    "  ",
  );
  return nodes.flatMap((node) => [lines[all.indexOf(node)] ?? "", ...refusalLines(node)]);
}

function sentences(node: NodeStatus, { policy, now }: Pick<FleetStatus, "policy" | "now">, at: At): string {
  const { planned, says, state, forecast } = node;
  const { reboot } = planned.situation;
  const outcome = reboot?.outcome ?? null;
  const done =
    state === "well" && outcome?.kind === "rebooted"
      ? `It was rebooted ${at(outcome.at)}, in ${formatDuration(outcome.took)}.`
      : says;
  const since = isUnderWay(node) && reboot?.phaseSince != null ? `Since ${at(reboot.phaseSince)}.` : "";
  return [since, done, aheadText(forecast, says, policy?.timeZone ?? "utc", now)]
    .filter((text) => text !== "")
    .join(" ");
}

const isUnderWay = ({ planned }: NodeStatus): boolean => planned.phase.kind !== "waiting";

/** Empty where it would only say again why the node waits. */
function aheadText(forecast: NodeStatus["forecast"], says: string, zone: string, now: Instant): string {
  if (forecast === null || (forecast.kind === "waits" && forecast.why.says === says)) return "";
  if (forecast.kind === "under way") return `Done by about ${wallClock(forecast.ends, zone, now)}.`;
  return `It ${forecastText(forecast, zone, now).replace(/\.$/, "")}.`;
}

const REFUSALS_MOST = 3;

/** What blocks it: one line a pod. */
function refusalLines({ planned, state }: NodeStatus): readonly string[] {
  const { reboot, blockers } = planned.situation;
  const refusals = planned.phase.kind !== "waiting" ? refusalsOf(reboot) : state === "blocked" ? blockers : [];
  const lines = refusals
    .slice(0, REFUSALS_MOST)
    .map(({ namespace, pod, diagnosis, message }) => `      ${namespace}/${pod}: ${diagnosis?.says ?? message}`);
  const rest = refusals.length - lines.length;
  return rest === 0 ? lines : [...lines, `      and ${rest} more`];
}

function gateLines({ snapshot, policy }: FleetStatus, at: At): readonly string[] {
  const names = new Set(policy?.gates.map(({ name }) => name));
  const read = (snapshot.fleet?.gates ?? []).filter(({ name }) => names.has(name));
  if (read.length === 0) return [];
  return [
    "Gates",
    ...columns(
      read.map((gate) => [gate.name, gate.state, `${gate.says} (since ${at(gate.since)})`]),
      "  ",
    ),
  ];
}
