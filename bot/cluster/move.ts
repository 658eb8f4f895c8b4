import type { Answer, Json, Lease } from "../coordinator/ports.ts";
import { type Move, type MoveResult, moveKey } from "../core/fleet/move.ts";
import type { Deployment } from "../core/fleet/workload.ts";
import { formatInstant } from "../core/instant.ts";
import type { Step } from "../core/step.ts";
import { type CallParts, fencedCall } from "./calls.ts";
import { messageOf } from "./json.ts";
import type { Mirrors } from "./mirrors.ts";
import type { Performed } from "./perform.ts";
import { parseDeployment, restarted } from "./resources/deployment.ts";

interface MoveParts extends CallParts {
  readonly mirrors: Mirrors;
}

/** The server would answer the same again: the rights, an admission policy, or the object itself forbid it. */
const REFUSALS: ReadonlySet<number> = new Set([400, 403, 404, 405, 422]);

/** As `kubectl rollout restart`, if the Deployment is still as it was decided on. What can't be made is told, not repeated. */
export async function restartDeployment(
  parts: MoveParts,
  lease: Lease,
  { move }: Step & { kind: "RestartDeployment" },
): Promise<Performed> {
  const found = await readDeployment(parts, lease, move);
  if (found === "retry") return "retry";
  const wanted = formatInstant(move.at);
  if (found.kind === "gone") return told(parts, move, { kind: "refused", why: found.why });
  if (found.deployment.restartedAt === wanted) return told(parts, move, { kind: "restarted" });
  const lack = changedSince(found.deployment, move);
  if (lack !== null) return told(parts, move, { kind: "refused", why: lack });
  const answer = await write(parts, lease, move, restarted(found.object, wanted));
  if (answer.kind === "answered" && answer.code === 200) return told(parts, move, { kind: "restarted" });
  if (answer.kind === "answered" && REFUSALS.has(answer.code))
    return told(parts, move, {
      kind: "refused",
      why: `The restart was refused (${answer.code} ${messageOf(answer.body)}).`,
    });
  return "retry";
}

/** A Deployment that is gone, or that someone has restarted since, has nothing of ours to take back. */
export async function restoreDeployment(
  parts: MoveParts,
  lease: Lease,
  { move }: Step & { kind: "RestoreDeployment" },
): Promise<Performed> {
  const found = await readDeployment(parts, lease, move);
  if (found === "retry") return "retry";
  const isOurs = found.kind === "read" && found.deployment.restartedAt === formatInstant(move.at);
  if (!isOurs) return told(parts, move, { kind: "restored" });
  const answer = await write(parts, lease, move, restarted(found.object, move.deployment.restartedAt));
  return answer.kind === "answered" && answer.code === 200 ? told(parts, move, { kind: "restored" }) : "retry";
}

type Found =
  | { readonly kind: "read"; readonly object: Json; readonly deployment: Deployment }
  | { readonly kind: "gone"; readonly why: string }
  | "retry";

async function readDeployment(parts: MoveParts, lease: Lease, { deployment }: Move): Promise<Found> {
  const { namespace, name, uid } = deployment;
  const read = await fencedCall(parts, lease, { verb: "get", resource: "deployments", namespace, name });
  if (read.kind === "unanswered" || (read.code !== 200 && !REFUSALS.has(read.code))) return "retry";
  if (read.code !== 200)
    return {
      kind: "gone",
      why: `Deployment ${namespace}/${name} can't be read (${read.code} ${messageOf(read.body)}).`,
    };
  const now = parseDeployment(read.body);
  if (now === null || now.uid !== uid) return { kind: "gone", why: `Deployment ${namespace}/${name} was replaced.` };
  return { kind: "read", object: read.body, deployment: now };
}

/** Between the look and the write anybody may have touched it; then its own roll-out comes first. */
function changedSince(
  { restartedAt, isPaused, isRollingOut, maxSurge, maxUnavailable }: Deployment,
  { deployment }: Move,
): string | null {
  const { namespace, name } = deployment;
  if (restartedAt !== deployment.restartedAt) return `Someone has restarted Deployment ${namespace}/${name} meanwhile.`;
  if (isPaused || isRollingOut) return `Deployment ${namespace}/${name} is paused or rolling out by now.`;
  if (maxSurge < 1 || maxUnavailable > 0) return `Deployment ${namespace}/${name} may not surge any more.`;
  return null;
}

function write(parts: MoveParts, lease: Lease, { deployment }: Move, object: Json): Promise<Answer> {
  const { namespace, name } = deployment;
  return fencedCall(parts, lease, { verb: "update", resource: "deployments", namespace, name, object });
}

function told({ mirrors, log }: MoveParts, move: Move, result: MoveResult): Performed {
  const { namespace, name } = move.deployment;
  if (result.kind === "refused") log.warn("move not made", { deployment: `${namespace}/${name}`, why: result.why });
  mirrors.recordMove(moveKey(move), result);
  return "done";
}
