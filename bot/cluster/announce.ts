import type { Json, Lease } from "../coordinator/ports.ts";
import type { Judgement } from "../core/fleet/decision.ts";
import type { PolicyStatus } from "../core/fleet/fleet.ts";
import type { Node } from "../core/fleet/node.ts";
import type { NodeReboot } from "../core/fleet/reboot.ts";
import { type UnderPolicy, underPolicy } from "../core/policy/under-policy.ts";
import { type CallParts, fencedCall } from "./calls.ts";
import { type EventFacts, eventObject } from "./events.ts";
import { API_VERSION, parseMetadata } from "./resources/metadata.ts";

/** Longer messages are refused by the server. */
const MESSAGE_MOST = 1_000;

interface News {
  readonly next: NodeReboot;
  readonly says: string;
  readonly under: UnderPolicy;
}

/** A Kubernetes Event on the Node for a change of phase. Losing one loses nothing but a line in `kubectl describe`. */
export async function announce(parts: CallParts, lease: Lease, { next, says, under }: News): Promise<void> {
  const isBlocked = next.phase.kind === "waiting" && next.blockers.length > 0;
  const isTrouble = next.phase.kind === "yielding" || next.phase.kind === "failed" || isBlocked;
  const message = `${next.node} ${says}`;
  await write(parts, lease, {
    about: { apiVersion: "v1", kind: "Node", name: next.node, uid: next.nodeUid },
    type: isTrouble ? "Warning" : "Normal",
    reason: isBlocked ? "RebootBlocked" : `Reboot${next.phase.kind.charAt(0).toUpperCase()}${next.phase.kind.slice(1)}`,
    message: clipped(message),
    at: isBlocked ? parts.clock.now() : (next.phaseSince ?? parts.clock.now()),
    under,
  });
}

/** An Event on a Node that a person decided about. */
export async function announceDecision(
  parts: CallParts,
  lease: Lease,
  { name, uid }: Pick<Node, "name" | "uid">,
  { outcome, message, at, under }: Pick<Judgement, "outcome" | "at"> & Pick<EventFacts, "message" | "under">,
): Promise<void> {
  await write(parts, lease, {
    about: { apiVersion: "v1", kind: "Node", name, uid },
    type: "Normal",
    reason: outcome === "counted" ? "DecisionCounted" : "DecisionRefused",
    message: clipped(message),
    at,
    under,
  });
}

/** An Event on the RebootFleet for each policy that comes into force, and for each that is not used. */
export async function announcePolicy(parts: CallParts, lease: Lease, status: PolicyStatus, fleet: Json): Promise<void> {
  const metadata = parseMetadata(fleet);
  if (metadata === null) return;
  const { valid, source, commit, problems, since, pull } = status;
  const inForce = commit === null ? "" : ` ${commit.slice(0, 7)}`;
  const message = valid
    ? `The policy${inForce} of ${source} is in force.`
    : `The policy of ${source} is not used${commit === null ? "" : `;${inForce} stays in force`}: ${problems.join("; ")}`;
  await write(parts, lease, {
    about: { apiVersion: API_VERSION, kind: "RebootFleet", name: metadata.name, uid: metadata.uid },
    type: valid ? "Normal" : "Warning",
    reason: valid ? "PolicyInForce" : "PolicyNotUsed",
    message: clipped(message),
    at: since,
    under: underPolicy({ commit, pull: pull ?? null }),
  });
}

const clipped = (message: string): string =>
  message.length > MESSAGE_MOST ? `${message.slice(0, MESSAGE_MOST - 1)}…` : message;

async function write(parts: CallParts, lease: Lease, facts: EventFacts): Promise<void> {
  const call = { verb: "create", resource: "events", namespace: "default", object: eventObject(facts) } as const;
  const answer = await fencedCall(parts, lease, call);
  const isFine = answer.kind === "answered" && (answer.code === 201 || answer.code === 409);
  if (!isFine)
    parts.log.warn("event not written", {
      about: facts.about.name,
      answer: answer.kind === "answered" ? answer.code : answer.why,
    });
}
