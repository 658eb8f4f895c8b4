import type { KeptPolicy, PolicyStatus } from "../core/fleet/fleet.ts";
import { areSameFacts } from "../core/policy/origin.ts";
import type { PolicyInForce } from "./policy-source-port.ts";

/** The policy in force without how its source stands. */
export function keptOf(status: PolicyStatus): KeptPolicy {
  const { source, valid, problems, since, putAside, ...kept } = status;
  return kept;
}

/** The last good policy that a bot kept, in force or put aside; null where none was kept whole. */
export const lastGoodOf = (status: PolicyStatus): KeptPolicy | null =>
  status.text === null ? (status.putAside ?? null) : keptOf(status);

/** A policy that was put aside is the last one that was used, too: what moves away from it has moved. */
export const inForceOf = ({ source, commit, putAside }: PolicyStatus): PolicyInForce => ({
  source,
  commit: commit ?? putAside?.commit ?? null,
});

/** Whether two say the same, since whenever. Asked at every turn, and the text may be long. */
export const isSamePolicy = (a: PolicyStatus, b: PolicyStatus): boolean =>
  saysTheSame(a, b) && isSameKept(a, b) && isSameAside(a.putAside, b.putAside);

export function saysTheSame(a: PolicyStatus, b: PolicyStatus): boolean {
  if (a.source !== b.source || a.valid !== b.valid || !isSameText(a, b)) return false;
  return a.problems.length === b.problems.length && a.problems.every((problem, index) => problem === b.problems[index]);
}

export const isSameText = (a: Pick<KeptPolicy, "commit" | "text">, b: Pick<KeptPolicy, "commit" | "text">): boolean =>
  a.commit === b.commit && a.text === b.text;

export function isSameKept(a: KeptPolicy, b: KeptPolicy): boolean {
  if (a.inForceSince !== b.inForceSince || a.signedBy !== b.signedBy || a.note !== b.note) return false;
  return a.keysDigest === b.keysDigest && isSameText(a, b) && areSameFacts(a, b);
}

const isSameAside = (a: KeptPolicy | undefined, b: KeptPolicy | undefined): boolean =>
  a === undefined || b === undefined ? a === b : isSameKept(a, b);

/** What stays true of a policy while it is in force, however often its source is lost. */
export const lasting = ({
  inForceSince,
  note,
}: Pick<KeptPolicy, "inForceSince" | "note">): Pick<KeptPolicy, "inForceSince" | "note"> => ({
  ...(inForceSince === undefined ? {} : { inForceSince }),
  ...(note === undefined ? {} : { note }),
});

export const signatureOf = ({
  signedBy,
  keysDigest,
}: Pick<KeptPolicy, "signedBy" | "keysDigest">): Pick<KeptPolicy, "signedBy" | "keysDigest"> => ({
  ...(signedBy === undefined ? {} : { signedBy }),
  ...(keysDigest === undefined ? {} : { keysDigest }),
});
