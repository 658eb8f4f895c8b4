import type { Lease } from "../coordinator/ports.ts";
import type { NodeReboot } from "../core/fleet/reboot.ts";
import { type CallParts, fencedCall } from "./calls.ts";
import { eventObject } from "./node-events.ts";

/** A Kubernetes Event on the Node for a change of phase. Losing one loses nothing but a line in `kubectl describe`. */
export async function announce(parts: CallParts, lease: Lease, next: NodeReboot, says: string): Promise<void> {
  const isTrouble = next.phase.kind === "yielding" || next.phase.kind === "failed";
  const object = eventObject({
    node: next.node,
    nodeUid: next.nodeUid,
    type: isTrouble ? "Warning" : "Normal",
    reason: `Reboot${next.phase.kind.charAt(0).toUpperCase()}${next.phase.kind.slice(1)}`,
    message: `${next.node} ${says}`,
    at: next.phaseSince ?? parts.clock.now(),
  });
  const answer = await fencedCall(parts, lease, { verb: "create", resource: "events", namespace: "default", object });
  const isFine = answer.kind === "answered" && (answer.code === 201 || answer.code === 409);
  if (!isFine)
    parts.log.warn("event not written", {
      node: next.node,
      answer: answer.kind === "answered" ? answer.code : answer.why,
    });
}
