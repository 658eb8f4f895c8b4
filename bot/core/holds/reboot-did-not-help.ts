import type { Situation } from "../situation.ts";
import type { Hold } from "./hold.ts";

/** Rule 4: a need that a reboot was ordered for and that is older than this boot is not met by rebooting again. */
export function rebootDidNotHelp({ reboot, report, node, standing }: Situation): Hold | null {
  if (reboot === null || report?.pending == null || report.bootedAt === null) return null;
  const { bootedAt, pending } = report;
  const isOld = pending.reasons.every(
    ({ identity, since }) => reboot.orderedFor.includes(identity) && since < bootedAt,
  );
  if (!isOld || pending.reasons.length === 0) return null;
  // The host's clock may be off, so a retry must also be later than the end of the reboot by our own.
  const verifiedAt = reboot.outcome?.kind === "rebooted" ? reboot.outcome.at : 0;
  if (standing.retriedAt !== null && standing.retriedAt > Math.max(bootedAt, verifiedAt)) return null;
  const what = pending.reasons.map(({ text }) => text).join(", ");
  const says = `${node.name} was rebooted and still asks for it (${what}). Reply retry once the cause is known.`;
  return { kind: "reboot did not help", says, until: null };
}
