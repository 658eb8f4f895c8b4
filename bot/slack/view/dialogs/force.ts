import { addUp } from "../../../core/decide/adding-up.ts";
import { blockersOf, nodeDigest, refusalsOf } from "../../../core/decide/digest.ts";
import { personOf } from "../../../core/decide/people.ts";
import { isOfBudgets } from "../../../core/drain/force.ts";
import { formatDuration, type Instant, wallClock } from "../../../core/instant.ts";
import type { PlannedNode } from "../../../core/plan.ts";
import type { ForceRight, Policy } from "../../../core/policy/policy.ts";
import type { FieldErrors, Submission } from "../../deeds.ts";
import { REASON_MOST, reasonTyped } from "../../replies/reason.ts";
import { personText } from "../mentions.ts";
import { clip, escaped, named, section } from "../mrkdwn.ts";
import { dialog, textInput, type View } from "./dialog.ts";
import type { Seen } from "./seen.ts";

const REASON = "reason";
const SHOWN_MOST = 8;

interface Forcing {
  readonly policy: Policy;
  readonly planned: PlannedNode;
  readonly user: string;
  readonly seen: Omit<Seen, "targets" | "zone" | "upTo">;
  readonly now: Instant;
}

/** Bound to the blockers that it shows. A sentence where there is nothing to force. */
export function forceDialog({ policy, planned, user, seen, now }: Forcing): View | string {
  const { situation } = planned;
  const { node, pool, reboot } = situation;
  const right = pool?.may.force ?? null;
  if (right === null) return `The policy lets nobody force ${pool?.name ?? node.name}.`;
  const budgets = blockersOf(reboot);
  if (budgets.length === 0) return `No disruption budget blocks ${node.name} now, so there is nothing to force.`;
  const pods = refusalsOf(reboot)
    .filter(isOfBudgets)
    .map(({ namespace, pod }) => `${namespace}/${pod}`);
  const { text, isLast } = confirmation({ policy, planned, user, right, budgets, now });
  const deletes = `This deletes ${pods.length === 1 ? "pod" : "pods"} ${named([...new Set(pods)], SHOWN_MOST)}`;
  const breaks = `breaks PDB ${named(budgets, SHOWN_MOST)}`;
  return dialog({
    kind: "force",
    cluster: policy.cluster,
    title: "Force",
    submit: isLast ? "Force" : "Ask for confirmation",
    seen: {
      ...seen,
      targets: [{ node: node.name, digest: nodeDigest(situation, budgets), isOver: false }],
      zone: policy.timeZone,
      upTo: null,
    },
    blocks: [
      section(
        `*${clip(escaped(node.name), 300)}*\n${deletes} and ${breaks}. It does not lift freeze, budget or quorum.\n${text}`,
      ),
      textInput({ id: REASON, label: "Reason", placeholder: "db is down anyway", most: REASON_MOST }),
    ],
  });
}

interface Confirming extends Omit<Forcing, "seen"> {
  readonly right: ForceRight;
  readonly budgets: readonly string[];
}

/** Who has asked for this very force, and who must still. */
function confirmation({ policy, planned, user, right, budgets, now }: Confirming) {
  const { forces, forcesApart, forcedBudgets } = planned.situation.standing;
  const asked = budgets.join(" ") === forcedBudgets.join(" ") ? [...forces, ...forcesApart] : [];
  const by = { system: "slack", id: user } as const;
  const person = personOf(policy, by);
  const mine = { person, by, at: now, validUntil: null };
  const others = asked.filter((vote) => vote.person !== person);
  const left = right.people - addUp([...others, mine], policy).together.length;
  const said = asked.map(
    (vote) => `${personText(vote.person)} asked for this at ${wallClock(vote.at, policy.timeZone, now)}.`,
  );
  const more = left === 1 ? "A second person" : `${left} more people`;
  const wanted =
    left > 0
      ? [`${more} of ${escaped(right.by)} must confirm within ${formatDuration(right.validFor)}.`]
      : right.people > 1
        ? ["You confirm it."]
        : [];
  return { text: [...said, ...wanted].join(" "), isLast: left <= 0 };
}

/** The reason, or what is wrong with it. */
export function parseForce({
  values,
}: Pick<Submission, "values">): { readonly reason: string } | { readonly errors: FieldErrors } {
  const reason = reasonTyped(values[REASON]);
  return reason === null ? { errors: { [REASON]: "Say why, for those who read it later." } } : { reason };
}
