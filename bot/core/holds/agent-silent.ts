import { formatDuration } from "../instant.ts";
import type { Situation } from "../situation.ts";
import type { Hold } from "./hold.ts";

export function agentSilent({ report, node, now, snapshot }: Situation): Hold | null {
  const heartbeat = report?.heartbeat ?? null;
  if (heartbeat === null) {
    return { kind: "agent silent", says: `The agent of ${node.name} has never reported.`, until: null };
  }
  const age = now - heartbeat;
  if (age < snapshot.timings.agentSilent) return null;
  const says = `The agent of ${node.name} has not been heard for ${formatDuration(age)}.`;
  return { kind: "agent silent", says, until: null };
}
