import type { Lease } from "../coordinator/ports.ts";
import type { Decision, Judgement, Verb } from "../core/fleet/decision.ts";
import { formatInstant } from "../core/instant.ts";
import { announceDecision } from "./announce.ts";
import type { CallParts } from "./calls.ts";
import type { Mirrors } from "./mirrors.ts";

/** A decision with what came of it. */
interface Judged {
  readonly decision: Decision;
  readonly judgement: Judgement;
}

/** The one line of the log for a decision and its outcome, and an Event on each node that it names. */
export async function audit(
  parts: CallParts & { readonly mirrors: Mirrors },
  lease: Lease,
  { decision, judgement }: Judged,
): Promise<void> {
  const { name, verb, targets, by, groups, reason } = decision;
  const nodes = [...new Set(targets.map(({ node }) => node))];
  const { outcome, says, person, validUntil, policyCommit, policyPull } = judgement;
  const under = { policyCommit, policyPull };
  parts.log.info("decision judged", {
    name,
    verb,
    nodes,
    system: by.system,
    id: by.id,
    person,
    groups,
    reason,
    outcome,
    says,
    validUntil: validUntil === null ? null : formatInstant(validUntil),
    ...under,
  });
  const who = person ?? `${by.system}:${by.id}`;
  const message = outcome === "counted" ? `${who} ${DONE[verb]}: ${says}` : `${who} was refused (${verb}): ${says}`;
  for (const node of nodes) {
    const known = parts.mirrors.store.nodes.get(node);
    if (known !== undefined) await announceDecision(parts, lease, known, { outcome, message, at: judgement.at, under });
  }
}

const DONE: Readonly<Record<Verb, string>> = {
  approve: "approved",
  now: "let it go now",
  force: "forced",
  skip: "skipped",
  retry: "said retry",
  move: "said move",
  reboot: "asked for a reboot",
  adopt: "said adopt",
  keep: "said keep",
  release: "released",
  withdraw: "took decisions back",
  pause: "paused all reboots",
  resume: "resumed reboots",
};
