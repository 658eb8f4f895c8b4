import { type Command, Option } from "commander";
import type { Snapshot } from "../../core/fleet/snapshot.ts";
import { type Forecast, forecast } from "../../core/forecast/forecast.ts";
import { forecastText } from "../../core/forecast/forecast-text.ts";
import type { Instant } from "../../core/instant.ts";
import { type PlannedNode, plan } from "../../core/plan.ts";
import type { Policy } from "../../core/policy/policy.ts";
import { systemClock } from "../../process/clock.ts";
import { EXIT } from "../../process/exit.ts";
import { addViewOptions, type ViewOptions, viewCluster } from "../cluster-view.ts";
import { forecastJson } from "../explain.ts";
import type { Io } from "../io.ts";
import { goodPolicy } from "./good-policy.ts";

interface Options extends ViewOptions {
  readonly format: "text" | "json";
}

export function addPlan(parent: Command, io: Io): void {
  const command = parent
    .command("plan")
    .description("what a policy would do to a cluster, beside the policy in force")
    .argument("<file>", "the policy");
  addViewOptions(command)
    .addOption(new Option("--format <format>", "text or json").choices(["text", "json"]).default("text"))
    .action(async (file: string, { format, ...options }: Options) => {
      const policy = await goodPolicy(file);
      const effect = await viewCluster(options, ({ snapshot, inForce }) =>
        effectOf(snapshot, policy, inForce, systemClock.now()),
      );
      for (const line of format === "json" ? [JSON.stringify(asJson(effect), null, 2)] : asText(effect)) io.print(line);
      io.done(EXIT.fine);
    });
}

/** One node under one policy. */
interface Side {
  readonly planned: PlannedNode;
  readonly forecast: Forecast | null;
}

interface Row {
  readonly node: string;
  readonly after: Side;
  /** Null where no policy is in force. */
  readonly before: Side | null;
  /** People whose approvals the new policy would void. */
  readonly voids: readonly string[];
}

export interface Effect {
  readonly policy: Policy;
  readonly inForce: Policy | undefined;
  readonly rows: readonly Row[];
  readonly emptyPools: readonly string[];
  readonly at: Instant;
}

/** What the policy would do to the cluster as it is now. */
export function effectOf(snapshot: Snapshot, policy: Policy, inForce: Policy | undefined, at: Instant): Effect {
  const sides = (one: Policy | undefined): ReadonlyMap<string, Side> => {
    const ahead = forecast(snapshot, one, at);
    const { nodes } = plan(snapshot, new Set(), one, at);
    return new Map([...nodes].map(([name, planned]) => [name, { planned, forecast: ahead.get(name) ?? null }]));
  };
  const inForceNow = inForce === undefined ? null : sides(inForce);
  const rows = [...sides(policy)].map(([node, after]): Row => {
    const before = inForceNow?.get(node) ?? null;
    const still = new Set(after.planned.situation.standing.approvals.map(({ person }) => person));
    const given = before?.planned.situation.standing.approvals ?? [];
    return { node, after, before, voids: given.map(({ person }) => person).filter((person) => !still.has(person)) };
  });
  const taken = new Set(rows.map(({ after }) => after.planned.situation.pool?.name));
  const emptyPools = policy.pools.map(({ name }) => name).filter((name) => !taken.has(name));
  return { policy, inForce, rows, emptyPools, at };
}

export function asText(effect: Effect): readonly string[] {
  const { rows, emptyPools, policy, inForce } = effect;
  return [
    ...headline(policy, inForce),
    ...rows.flatMap((row) => rowLines(row, effect)),
    ...emptyPools.map((name) => `Pool ${name} has no node.`),
  ];
}

function headline(policy: Policy, inForce: Policy | undefined): readonly string[] {
  if (inForce === undefined) return ["No policy is in force on this cluster."];
  const commit = inForce.commit === null ? "from a file" : inForce.commit.slice(0, 7);
  const other =
    policy.cluster === inForce.cluster
      ? []
      : [
          `This policy is for cluster ${policy.cluster}, and the one in force for ${inForce.cluster}: the bot would not use it.`,
        ];
  return [`In force is ${commit}.`, ...other];
}

function rowLines({ node, after, before, voids }: Row, { policy, inForce, at }: Effect): readonly string[] {
  const place = placeOf(after);
  const placeNow = before === null ? place : placeOf(before);
  const text = aheadText(after, policy, at);
  const textNow = before === null || inForce === undefined ? null : aheadText(before, inForce, at);
  return [
    `${node}: ${place}${placeNow === place ? "" : ` (in force: ${placeNow})`}`,
    ...after.planned.holds.map(({ kind, says }) => `  ${kind}: ${says}`),
    ...(text === null ? [] : [`  ${text}`]),
    ...(textNow === null || textNow === text ? [] : [`  in force: ${textNow}`]),
    ...(voids.length === 0 ? [] : [`  voids the approval of ${voids.join(" and ")}`]),
  ];
}

function placeOf({ planned: { situation } }: Side): string {
  const { pool } = situation;
  return pool === null ? "no pool" : `${pool.name}, ${pool.mode}`;
}

const aheadText = ({ forecast: ahead }: Side, policy: Policy, at: Instant): string | null =>
  ahead === null ? null : forecastText(ahead, policy.timeZone, at);

/** The shape is documented in docs/cli.md. */
export function asJson({ rows, emptyPools, inForce }: Effect) {
  const side = ({ planned: { situation, holds }, forecast: ahead }: Side) => ({
    pool: situation.pool?.name ?? null,
    mode: situation.pool?.mode ?? null,
    holds: holds.map(({ kind, says }) => ({ kind, says })),
    forecast: ahead && forecastJson(ahead),
  });
  return {
    inForce: inForce === undefined ? null : { cluster: inForce.cluster, commit: inForce.commit },
    nodes: rows.map(({ node, before, after, voids }) => ({
      node,
      before: before && side(before),
      after: side(after),
      voids,
    })),
    emptyPools,
  };
}
