import type { Situation } from "../situation.ts";
import type { Hold } from "./hold.ts";

/** Rule 4: the same need as before the reboot, older than this boot, is not met by rebooting again. */
export function rebootDidNotHelp({ reboot, report, node, standing }: Situation): Hold | null {
  const outcome = reboot?.outcome;
  if (outcome?.kind !== "rebooted" || outcome.bootId !== node.bootId || report?.pending == null) return null;
  if (standing.retriedAt !== null && standing.retriedAt > outcome.at) return null;
  const bootedAt = report.bootedAt ?? Number.POSITIVE_INFINITY;
  const isOld = report.pending.reasons.every(
    ({ identity, since }) => reboot?.orderedFor.includes(identity) && since < bootedAt,
  );
  if (!isOld) return null;
  const what = report.pending.reasons.map(({ text }) => text).join(", ");
  const says = `${node.name} was rebooted and still asks for it (${what}). Reply retry once the cause is known.`;
  return { kind: "reboot did not help", says, until: null };
}
