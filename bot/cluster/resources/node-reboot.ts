import { z } from "zod";
import type { Json } from "../../coordinator/ports.ts";
import type { NodeName, NodeUid } from "../../core/fleet/node.ts";
import type { Phase } from "../../core/fleet/phase.ts";
import type { Baseline, NodeReboot, Outcome } from "../../core/fleet/reboot.ts";
import { formatInstant } from "../../core/instant.ts";
import type { Definition } from "./crd.ts";
import { orAbsent, timeOr, timeText } from "./fields.ts";
import { API_VERSION, type Metadata, nodeUidOf, ownedByNode, parseMetadata } from "./metadata.ts";
import { type StoredOutcome, type StoredStatus, statusSchema } from "./node-reboot-schema.ts";
import { readHookRun, storedHookRun } from "./stored-hook-run.ts";
import { readMove, storedMove } from "./stored-move.ts";
import { readPhase, storedPhase } from "./stored-phase.ts";
import { readRefusal, readYieldReason, storedRefusal, storedYieldReason } from "./stored-reason.ts";
import { readUnder, storedUnder } from "./stored-under.ts";

export const NODE_REBOOT: Definition = {
  kind: "NodeReboot",
  plural: "nodereboots",
  shortNames: ["nr"],
  describes: "What Bootswain knows and does about one node. Written by the bot alone.",
  spec: null,
  status: statusSchema,
  columns: [
    { name: "Pool", type: "string", path: ".status.pool" },
    { name: "Phase", type: "string", path: ".status.phase" },
    { name: "Hold", type: "string", path: ".status.holds[0].kind" },
    { name: "Since", type: "date", path: ".status.phaseSince" },
    { name: "Until", type: "string", path: ".status.holds[0].until" },
  ],
};

const rebootSchema = z.object({ status: statusSchema });

const withStatusSchema = z.object({
  status: z.record(z.string(), z.unknown()).refine((status) => Object.keys(status).length > 0),
});

export const newNodeReboot = (node: NodeName, uid: NodeUid): Json => ownedByNode("NodeReboot", node, uid);

/** Null for what is no object at all. A status that can't be read is a phase of its own, never taken for waiting. */
export function parseNodeReboot(object: Json): NodeReboot | null {
  const metadata = parseMetadata(object);
  if (metadata === null) return null;
  if (!hasStatus(object)) return read(metadata, { phase: "waiting" }, { kind: "waiting" });
  const parsed = rebootSchema.safeParse(object);
  if (!parsed.success) return unreadable(metadata, z.prettifyError(parsed.error));
  const phase = readPhase(parsed.data.status);
  if (phase === null) return unreadable(metadata, `phase ${parsed.data.status.phase} is without its data`);
  return read(metadata, parsed.data.status, phase);
}

const hasStatus = (object: Json): boolean => withStatusSchema.safeParse(object).success;

function unreadable(metadata: Metadata, what: string): NodeReboot {
  const never = Number.MAX_SAFE_INTEGER;
  const phase = {
    kind: "failed",
    order: "unreadable",
    fromBootId: "",
    notAfter: never,
    since: 0,
    freed: false,
  } as const;
  return read(metadata, { phase: "failed" }, { ...phase, cause: { kind: "unreadable record", what } });
}

function read(metadata: Metadata, status: StoredStatus, phase: Phase): NodeReboot {
  return {
    node: metadata.name,
    nodeUid: nodeUidOf(metadata),
    version: metadata.version,
    pool: status.pool ?? null,
    phase,
    phaseSince: timeOr(status.phaseSince, null),
    holds: (status.holds ?? []).map(({ kind, until }) => ({ kind, until: timeOr(until, null) })),
    orders: status.orders ?? 0,
    given: status.given ?? 0,
    tries: status.tries ?? 0,
    triesSince: timeOr(status.triesSince, null),
    retryAt: timeOr(status.retryAt, null),
    blockers: (status.blockers ?? []).map(readRefusal),
    blockedSince: timeOr(status.blockedSince, null),
    moves: (status.moves ?? []).map(readMove),
    hooks: (status.hooks ?? []).map(readHookRun),
    baseline: status.baseline ?? null,
    outcome: status.outcome === undefined ? null : readOutcome(status.outcome),
    missed: status.missed ?? 0,
    orderedFor: status.orderedFor ?? [],
    wantedFor: status.wantedFor ?? [],
    bootId: status.bootID ?? null,
    released: status.released ?? null,
    mode: status.mode ?? null,
    ...readUnder(status),
    history: (status.history ?? []).map(({ at, phase: kind, order, says, ...under }) => ({
      at: timeOr(at, 0),
      phase: kind,
      order: order ?? null,
      says,
      ...readUnder(under),
    })),
  };
}

function readOutcome({ kind, at, tookMilliseconds, bootID, order, why }: StoredOutcome): Outcome | null {
  const when = timeOr(at, 0);
  if (kind === "rebooted") return { kind, at: when, took: tookMilliseconds ?? 0, bootId: bootID ?? "" };
  return why === undefined ? null : { kind, at: when, order: order ?? "", why: readYieldReason(why) };
}

/** The whole status, against the version that was decided on. */
export function formatNodeReboot(reboot: NodeReboot): Json {
  const status: StoredStatus = {
    pool: orAbsent(reboot.pool),
    ...storedPhase(reboot.phase),
    phaseSince: timeText(reboot.phaseSince),
    holds: reboot.holds.map(({ kind, until }) => ({ kind, until: timeText(until) })),
    orders: reboot.orders,
    given: reboot.given,
    tries: reboot.tries,
    triesSince: timeText(reboot.triesSince),
    retryAt: timeText(reboot.retryAt),
    blockers: reboot.blockers.length === 0 ? undefined : reboot.blockers.map(storedRefusal),
    blockedSince: timeText(reboot.blockedSince),
    moves: reboot.moves.length === 0 ? undefined : reboot.moves.map(storedMove),
    hooks: reboot.hooks.length === 0 ? undefined : reboot.hooks.map(storedHookRun),
    baseline: reboot.baseline === null ? undefined : storedBaseline(reboot.baseline),
    outcome: reboot.outcome === null ? undefined : storedOutcome(reboot.outcome),
    missed: reboot.missed,
    orderedFor: [...reboot.orderedFor],
    wantedFor: reboot.wantedFor.length === 0 ? undefined : [...reboot.wantedFor],
    bootID: orAbsent(reboot.bootId),
    released: reboot.released === null ? undefined : { ...reboot.released, reasons: [...reboot.released.reasons] },
    mode: orAbsent(reboot.mode),
    ...storedUnder(reboot),
    history: reboot.history.map(({ at, phase, order, says, ...under }) => ({
      at: formatInstant(at),
      phase,
      order: orAbsent(order),
      says,
      ...storedUnder(under),
    })),
  };
  const metadata = { name: reboot.node, resourceVersion: reboot.version };
  return { apiVersion: API_VERSION, kind: "NodeReboot", metadata, status };
}

const storedBaseline = ({ budgets, unready }: Baseline): StoredStatus["baseline"] => ({
  budgets: [...budgets],
  unready: [...unready],
});

function storedOutcome(outcome: Outcome): StoredOutcome {
  const at = formatInstant(outcome.at);
  if (outcome.kind === "rebooted") {
    return { kind: "rebooted", at, tookMilliseconds: outcome.took, bootID: outcome.bootId };
  }
  return { kind: "yielded", at, order: outcome.order, why: storedYieldReason(outcome.why) };
}
