import { type Command, Option } from "commander";
import { refusalsOf } from "../core/decide/digest.ts";
import { lapsedWishText } from "../core/decide/lapsed-text.ts";
import { orderedUnder } from "../core/fleet/reboot.ts";
import type { Snapshot } from "../core/fleet/snapshot.ts";
import { type Forecast, forecast } from "../core/forecast/forecast.ts";
import { forecastText } from "../core/forecast/forecast-text.ts";
import { formatDuration, formatInstant, type Instant, wallClock } from "../core/instant.ts";
import { type PlannedNode, plan } from "../core/plan.ts";
import type { Policy } from "../core/policy/policy.ts";
import { versionText } from "../core/policy/under-policy.ts";
import { systemClock } from "../process/clock.ts";
import { EXIT } from "../process/exit.ts";
import { addViewOptions, type ViewOptions, viewCluster } from "./cluster-view.ts";
import type { Io } from "./io.ts";
import { nodeNamed, unknownName } from "./node-names.ts";
import { originJson, policyLines } from "./policy-line.ts";
import { refusalJson, refusalText } from "./refusal-text.ts";

interface Options extends ViewOptions {
  readonly format: "text" | "json";
}

export function addExplain(parent: Command, io: Io): void {
  const command = parent
    .command("explain")
    .description("why a node waits, in order, and when it would go")
    .argument("<node>", "the node's name, or the end of it that no other has (01)");
  addViewOptions(command)
    .addOption(new Option("--format <format>", "text or json").choices(["text", "json"]).default("text"))
    .action(async (node: string, { format, ...options }: Options) => {
      const explained = await viewCluster(options, ({ snapshot, inForce }) =>
        explain(node, snapshot, inForce, systemClock.now()),
      );
      const lines = format === "json" ? [JSON.stringify(asJson(explained), null, 2)] : asText(explained);
      for (const line of lines) io.print(line);
      io.done(EXIT.fine);
    });
}

export interface Explained {
  readonly planned: PlannedNode;
  readonly forecast: Forecast | null;
  readonly policy: Policy | undefined;
  readonly now: Instant;
}

/** Throws UserError for a node that is not there. */
export function explain(name: string, snapshot: Snapshot, policy: Policy | undefined, now: Instant): Explained {
  const { nodes } = plan(snapshot, new Set(), policy, now);
  const node = nodeNamed(name, [...nodes.keys()]);
  const planned = nodes.get(node);
  if (planned === undefined) throw unknownName("node", name, nodes.keys());
  return { planned, forecast: forecast(snapshot, policy, now).get(node) ?? null, policy, now };
}

export function asText(explained: Explained): readonly string[] {
  const { planned, forecast: ahead, policy, now } = explained;
  const { situation, phase, holds } = planned;
  const { node, pool, report } = situation;
  const zone = policy?.timeZone ?? "utc";
  const at = (instant: Instant): string => wallClock(instant, zone, now);
  const until = (end: Instant | null): string => (end === null ? "" : `  (until ${at(end)})`);
  return [
    `${node.name}: ${pool === null ? "in no pool" : `pool ${pool.name}, mode ${pool.mode}`}`,
    ...wants(explained, at),
    ...(phase.kind === "waiting" ? [] : [`It is ${phase.kind}${sinceText(planned, at)}.`]),
    ...(holds.length === 0 ? [] : ["It waits, because"]),
    ...holds.map(({ kind, says, until: end }, index) => `  ${index + 1}. ${kind}: ${says}${until(end)}`),
    ...(phase.kind === "waiting" && holds.length === 0 && report?.pending != null
      ? ["Nothing holds it: it is next."]
      : []),
    ...inTheWay(planned),
    ...hookLines(planned),
    ...gateLines(explained, at),
    ...(ahead === null ? [] : [`${node.name} ${forecastText(ahead, zone, now)}`]),
    ...lastOutcome(planned, at),
    ...policyLines(policy, situation.snapshot.fleet?.policy ?? null, at),
  ];
}

function wants({ planned: { situation } }: Explained, at: (instant: Instant) => string): readonly string[] {
  const { report, standing } = situation;
  if (report === null) return ["Its agent has never reported."];
  if (report.pending === null) {
    const wish = lapsedWishText(standing);
    return ["It needs no reboot.", ...(wish === null ? [] : [`${wish}.`])];
  }
  const reasons = report.pending.reasons.map(({ text }) => text).join(", ");
  return [`It needs a reboot since ${at(report.pending.since)}: ${reasons === "" ? "no reason is told" : reasons}.`];
}

/** What a drain of it meets, pod by pod, with what would change that. */
function inTheWay({ situation }: PlannedNode): readonly string[] {
  const refusals = situation.reboot?.phase.kind === "waiting" ? situation.blockers : refusalsOf(situation.reboot);
  return refusals.length === 0 ? [] : ["In the way of its drain:", ...refusals.flatMap(refusalText)];
}

/** Hooks of the order in force, or of the last one, with what they wrote last. */
function hookLines({ situation }: PlannedNode): readonly string[] {
  return (situation.reboot?.hooks ?? []).flatMap(({ stage, name, namespace, job, state, message, log }) => [
    `Hook ${name} (${stage}, Job ${namespace}/${job}): ${state}${message === "" ? "" : `: ${message}`}`,
    ...log.map((line) => `  | ${line}`),
  ]);
}

function gateLines({ planned, policy }: Explained, at: (instant: Instant) => string): readonly string[] {
  const known = planned.situation.snapshot.fleet?.gates ?? [];
  const names = new Set(policy?.gates.map(({ name }) => name));
  return known
    .filter(({ name }) => names.has(name))
    .map(({ name, state, says, since }) => `Gate ${name}: ${state} since ${at(since)}: ${says}`);
}

function sinceText({ situation }: PlannedNode, at: (instant: Instant) => string): string {
  const since = situation.reboot?.phaseSince ?? null;
  return since === null ? "" : ` since ${at(since)}`;
}

function lastOutcome({ situation }: PlannedNode, at: (instant: Instant) => string): readonly string[] {
  const outcome = situation.reboot?.outcome ?? null;
  if (outcome === null) return [];
  if (outcome.kind === "rebooted") {
    const ordered = situation.reboot === null ? null : orderedUnder(situation.reboot);
    const version = ordered === null ? null : versionText(ordered);
    const under = version === null ? "" : `, under policy ${version}`;
    return [`It was rebooted last at ${at(outcome.at)}, in ${formatDuration(outcome.took)}${under}.`];
  }
  const says = situation.reboot?.history.findLast(({ phase }) => phase === "yielding")?.says ?? "gives up";
  return [`Its last try ended at ${at(outcome.at)}: ${says}.`];
}

/** The shape is documented in docs/cli.md. */
export function asJson({ planned, forecast: ahead, policy }: Explained) {
  const { situation, phase, holds } = planned;
  const { node, pool, report, snapshot } = situation;
  const status = snapshot.fleet?.policy ?? null;
  const pending = report?.pending ?? null;
  return {
    node: node.name,
    pool: pool?.name ?? null,
    mode: pool?.mode ?? null,
    phase: phase.kind,
    pending: pending && { since: formatInstant(pending.since), reasons: pending.reasons.map(({ text }) => text) },
    blockers: refusalsOf(situation.reboot).map(refusalJson),
    hooks: (situation.reboot?.hooks ?? []).map(({ startedAt, endedAt, ...run }) => ({
      ...run,
      startedAt: formatInstant(startedAt),
      endedAt: endedAt === null ? null : formatInstant(endedAt),
    })),
    gates: (snapshot.fleet?.gates ?? []).map((gate) => ({ ...gate, since: formatInstant(gate.since) })),
    holds: holds.map(({ kind, says, until }) => ({ kind, says, until: until === null ? null : formatInstant(until) })),
    forecast: ahead && forecastJson(ahead),
    policy: { ...originJson(policy), valid: status?.valid ?? false, problems: status?.problems ?? [] },
  };
}

export function forecastJson(found: Forecast) {
  switch (found.kind) {
    case "under way":
      return { kind: found.kind, ends: formatInstant(found.ends) };
    case "starts":
      return {
        kind: found.kind,
        at: formatInstant(found.at),
        ends: formatInstant(found.ends),
        ifApproved: found.ifApproved,
      };
    case "waits":
      return { kind: found.kind, why: found.why.kind, says: found.why.says };
    case "later":
      return { kind: found.kind };
    default:
      return found satisfies never;
  }
}
