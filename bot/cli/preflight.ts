import { type Command, InvalidArgumentError, Option } from "commander";
import { checkPods } from "../cluster/check-pods.ts";
import { podsToDrain, sieveOf } from "../core/drain/filter.ts";
import { movesByPolicy } from "../core/drain/move.ts";
import { preflight, verdictOf, withoutBudgets } from "../core/drain/preflight.ts";
import { type Member, membersOf } from "../core/fleet/member.ts";
import type { Refusal } from "../core/fleet/phase.ts";
import { POOL_DEFAULTS } from "../core/policy/policy.ts";
import { EXIT, UserError } from "../process/exit.ts";
import { addViewOptions, type ClusterView, type ViewOptions, viewCluster } from "./cluster-view.ts";
import type { Io } from "./io.ts";
import { nodesNamed, unknownName } from "./node-names.ts";
import { refusalJson, refusalText } from "./refusal-text.ts";

interface Options extends ViewOptions {
  readonly all: boolean;
  readonly withoutPdb: readonly string[];
  readonly format: "text" | "json";
}

/** What a drain of one node would meet now. */
export interface Preflight {
  readonly node: string;
  readonly pool: string | null;
  /** Pods that would have to leave, the bot's own aside. */
  readonly pods: number;
  /** Why they could not be looked at. */
  readonly problem: string | null;
  readonly refusals: readonly Refusal[];
  /** UIDs of refused pods that the drain moves by itself (drain.moveByRollout, or a rule with action: move). */
  readonly moved: ReadonlySet<string>;
}

export function addPreflight(parent: Command, io: Io): void {
  const command = parent
    .command("preflight")
    .description("whether nodes could be drained now; asks by dry runs, moves nothing")
    .argument("[nodes...]", "the nodes' names, or the ends of them that no other has (01)")
    .option("--all", "every node", false)
    .option(
      "--without-pdb <namespace/name>",
      "as if this disruption budget were not there; can be repeated",
      budgetName,
      [],
    );
  addViewOptions(command)
    .addOption(new Option("--format <format>", "text or json").choices(["text", "json"]).default("text"))
    .action(async (nodes: string[], options: Options) => {
      if (options.all === nodes.length > 0)
        throw new UserError("Name the nodes to look at, or all of them by --all.", EXIT.usage);
      const found = await viewCluster(options, (view) => lookAt(view, nodes, options.withoutPdb));
      const lines = options.format === "json" ? [JSON.stringify(found.map(asJson), null, 2)] : found.flatMap(asText);
      for (const line of lines) io.print(line);
      io.done(found.every(isDrainable) ? EXIT.fine : EXIT.problems);
    });
}

function budgetName(value: string, known: readonly string[]): readonly string[] {
  if (!/^[^/\s]+\/[^/\s]+$/.test(value))
    throw new InvalidArgumentError("It must be a namespace and a name: web/frontend.");
  return [...known, value];
}

async function lookAt(
  view: ClusterView,
  words: readonly string[],
  without: readonly string[],
): Promise<readonly Preflight[]> {
  const { snapshot, inForce } = view;
  for (const name of without)
    if (!snapshot.budgets.has(name)) throw unknownName("disruption budget", name, snapshot.budgets.keys());
  const named = nodesNamed(words, [...snapshot.nodes.keys()]);
  const wanted = membersOf(snapshot, inForce).filter(({ node }) => words.length === 0 || named.includes(node.name));
  const found: Preflight[] = [];
  for (const member of wanted) found.push(await preflightOf(view, member, new Set(without)));
  return found;
}

/** Nothing is written, so no lease stands behind it. */
const NO_LEASE = { remaining: () => Number.POSITIVE_INFINITY };

async function preflightOf(
  { cluster, parts }: ClusterView,
  member: Member,
  without: ReadonlySet<string>,
): Promise<Preflight> {
  const { node, pool } = member;
  const { drain } = pool ?? POOL_DEFAULTS;
  const { mirrors } = cluster;
  const step = { kind: "CheckPods", node: node.name, uid: node.uid, order: null, drain } as const;
  await checkPods({ ...parts, mirrors }, NO_LEASE, step);
  const check = mirrors.store.checks.get(node.name);
  const about = { node: node.name, pool: pool?.name ?? null };
  if (check === undefined)
    return { ...about, pods: 0, problem: "it was not looked at", refusals: [], moved: new Set() };
  const snapshot = mirrors.store.snapshot();
  const sieve = sieveOf(member, { snapshot, now: parts.clock.now() });
  const { budgets } = mirrors.store;
  const left = new Map([...budgets].filter(([name]) => !without.has(name)));
  const refusals = preflight(withoutBudgets(check, without, budgets), sieve, left);
  const moved = refusals.filter((refusal) => movesByPolicy(refusal, member, { snapshot, pods: check.pods }));
  return {
    ...about,
    pods: podsToDrain(check.pods, sieve).length,
    problem: check.problem,
    refusals,
    moved: new Set(moved.map(({ podUid }) => podUid)),
  };
}

/** An operator may free its pods only once their node is cordoned, so that alone is not held against the node. */
export const isDrainable = ({ problem, refusals, moved }: Preflight): boolean =>
  problem === null &&
  refusals.every((refusal) => moved.has(refusal.podUid) || verdictOf(refusal) === "its operator may free it");

export function asText(found: Preflight): readonly string[] {
  const { node, pods, problem, refusals } = found;
  if (problem !== null) return [`✖ ${node}: could not be looked at: ${problem}.`];
  if (refusals.length === 0) return [`✔ ${node}: ${countOf(pods)} can leave.`];
  const mark = isDrainable(found) ? "△" : "✖";
  const which = refusals.length === 1 ? "1 may not" : `${refusals.length} may not`;
  return [`${mark} ${node}: of ${countOf(pods)} ${which}.`, ...refusals.flatMap(refusalText)];
}

const countOf = (pods: number): string => (pods === 1 ? "1 pod" : `${pods} pods`);

/** The shape is documented in docs/cli.md. */
export function asJson(found: Preflight) {
  const { node, pool, pods, problem, refusals } = found;
  return {
    node,
    pool,
    pods,
    problem,
    drainable: isDrainable(found),
    refusals: refusals.map(refusalJson),
  };
}
