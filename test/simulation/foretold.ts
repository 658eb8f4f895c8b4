import { type Effect, effectOf } from "../../bot/core/effect/effect.ts";
import type { Side } from "../../bot/core/effect/side.ts";
import { type Forecast, NEAR } from "../../bot/core/forecast/forecast.ts";
import { type Duration, formatInstant, type Instant, MINUTE } from "../../bot/core/instant.ts";
import type { Policy } from "../../bot/core/policy/policy.ts";
import { parsePolicy } from "../../bot/policy/parse-policy.ts";
import { at, nameOf, text } from "../../bot/sim/rules/world.ts";
import type { StartingCluster } from "./starting-cluster.ts";

/** One reboot as it went, from the slot to the proof that all is well. */
interface Reboot {
  readonly started: Instant;
  readonly done: Instant;
}

/** The first reboot of each node, as far as there was one. */
export type Reboots = ReadonlyMap<string, Reboot>;

/**
 * Every node was rebooted once before, so how long each takes is known (four minutes), give or take other pods to drain than
 * the last time; what a reboot is off by moves those behind it.
 */
const OFF: Duration = MINUTE;

export function parsed(policyText: string): Policy {
  const found = parsePolicy(policyText, { file: "policy.yaml", commit: null, subject: null });
  if (!found.ok) throw new Error(JSON.stringify(found.problems));
  return found.policy;
}

/** As the bot itself would tell it on a pull request at this moment. */
export function foretell(story: StartingCluster, proposal: string): Effect {
  const turn = story.cluster.leaderTurn();
  if (turn === null) throw new Error("nobody leads");
  return effectOf(turn.snapshot, parsed(proposal), { inForce: turn.policy, now: story.now, limits: NEAR });
}

const GOING: ReadonlySet<string> = new Set(["preparing", "draining", "rebooting", "verifying"]);

/** Lets the time pass. */
export async function rebootsWithin(story: StartingCluster, length: Duration): Promise<Reboots> {
  const started = new Map<string, Instant>();
  const reboots = new Map<string, Reboot>();
  for (const node of story.cluster.hosts.keys()) if (GOING.has(story.phaseOf(node))) started.set(node, story.now);
  story.cluster.store.onChange(({ resource, after, at: now }) => {
    if (resource !== "nodereboots" || after === null) return;
    const node = nameOf(after);
    const phase = text(at(after, "status", "phase"));
    if (phase === "preparing" && !started.has(node)) started.set(node, now);
    if (phase !== "waiting") return;
    const since = started.get(node);
    started.delete(node);
    const isDone = at(after, "status", "outcome", "kind") === "rebooted";
    if (isDone && since !== undefined && !reboots.has(node)) reboots.set(node, { started: since, done: now });
  });
  await story.pass(length);
  return reboots;
}

export interface Foretold {
  readonly sides: ReadonlyMap<string, Side>;
  readonly to: Instant;
  /** By how much more everything may be late. */
  readonly late?: Duration;
}

/** What was foretold and did not come so, as sentences; empty when all did. */
export function wrongs(
  story: StartingCluster,
  { sides, to, late = 0 }: Foretold,
  happened: Reboots,
): readonly string[] {
  const all = [...sides].map(([node, { forecast }]) => ({ node, found: forecast }));
  return all.flatMap((one) => {
    const came = happened.get(one.node);
    if (!isGoing(one, to)) return stayed(story, one, came);
    if (came === undefined) return [`${one.node} did not reboot; foretold: ${shown(one.found)}`];
    const isRight = isNear(one, came, OFF + late);
    return isRight ? [] : [`${one.node} went ${spanOf(came)}; foretold: ${shown(one.found)}`];
  });
}

interface Told {
  readonly node: string;
  readonly found: Forecast | null;
}

interface Going extends Told {
  readonly found: Extract<Forecast, { kind: "starts" | "under way" }>;
}

function isGoing(one: Told, to: Instant): one is Going {
  const { found } = one;
  return (found?.kind === "under way" || (found?.kind === "starts" && !found.ifApproved)) && found.ends < to;
}

function stayed(story: StartingCluster, { node, found }: Told, came: Reboot | undefined): readonly string[] {
  if (came !== undefined) return [`${node} rebooted (${spanOf(came)}); foretold: ${shown(found)}`];
  const holds = story.holdsOf(node);
  const isSo = found?.kind !== "waits" || holds.includes(found.why.kind);
  return isSo ? [] : [`${node} is held by ${holds.join(", ")}; foretold: ${shown(found)}`];
}

function isNear({ found }: Going, came: Reboot, slack: Duration): boolean {
  const isStart = found.kind === "under way" || Math.abs(came.started - found.at) <= slack;
  return isStart && Math.abs(came.done - found.ends) <= slack;
}

const spanOf = ({ started, done }: Reboot): string => `${formatInstant(started)} to ${formatInstant(done)}`;

function shown(found: Forecast | null): string {
  if (found === null) return "no reboot";
  if (found.kind === "waits") return `waits (${found.why.kind}: ${found.why.says})`;
  if (found.kind === "starts")
    return `${formatInstant(found.at)} to ${formatInstant(found.ends)}${found.ifApproved ? " if approved" : ""}`;
  return found.kind === "under way" ? `under way until ${formatInstant(found.ends)}` : found.kind;
}
