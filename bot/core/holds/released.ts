import type { Situation } from "../situation.ts";
import type { Hold } from "./hold.ts";

/** A person released it after it had failed: it is left alone until it wants to be rebooted for something else. */
export function released({ reboot, report, node, standing }: Situation): Hold | null {
  const release = reboot?.released ?? null;
  if (release === null || report?.pending == null) return null;
  if (!report.pending.reasons.every(({ identity }) => release.reasons.includes(identity))) return null;
  if (standing.retriedAt !== null && standing.retriedAt > (reboot?.outcome?.at ?? 0)) return null;
  const says = `${release.by} released ${node.name} after it had failed. It is left alone until its reasons to reboot change; or reply retry.`;
  return { kind: "released", says, until: null };
}
