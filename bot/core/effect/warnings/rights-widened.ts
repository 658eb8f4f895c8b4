import { listed } from "../../listed.ts";
import type { May, Policy, Pool } from "../../policy/policy.ts";
import type { Weighed } from "../effect.ts";
import { inPools } from "./in-pools.ts";

/** Rights that let something be done; to skip a node only holds it up. */
const RIGHTS = ["approve", "now", "force", "other"] as const;
type Right = (typeof RIGHTS)[number];

const VERBS: Readonly<Record<Right, string>> = {
  approve: "approve",
  now: "let nodes go now",
  force: "force",
  other: "retry, move, adopt, release and reboot",
};

/** More people who may, or fewer of them who are enough. */
export function rightsWidened(effect: Weighed): readonly string[] {
  const { proposed, inForce } = effect;
  if (inForce === undefined) return [];
  return inPools(effect, (before, after) => {
    // Where nothing has to be approved, it does not matter who may.
    const matters = RIGHTS.filter((right) => right !== "approve" || after.mode === "approval");
    return matters.flatMap((right) => [
      ...morePeople(right, { policy: inForce, pool: before }, { policy: proposed, pool: after }),
      ...fewerNeeded(right, before.may, after.may),
    ]);
  });
}

interface Side {
  readonly policy: Policy;
  readonly pool: Pool;
}

function morePeople(right: Right, before: Side, after: Side): readonly string[] {
  const old = whoMay(right, before);
  const added = [...whoMay(right, after)].filter(([key]) => !old.has(key)).map(([, shown]) => shown);
  if (added.length === 0) return [];
  const nobody = old.size === 0 ? ", until now nobody" : "";
  return [`${listed([...new Set(added)], 6)} could ${VERBS[right]}${nobody} (may.${right})`];
}

/** By their identities: whoever stands under a name now may be another than before. */
function whoMay(right: Right, { policy, pool }: Side): ReadonlyMap<string, string> {
  const group = policy.groups.get(pool.may[right]?.by ?? "");
  if (group === undefined) return new Map();
  return new Map([
    ...group.people.flatMap((name) => identitiesOf(name, policy)),
    ...group.slackGroups.map((id) => [`slack group ${id}`, `everyone in Slack group ${id}`] as const),
    ...group.kubernetesGroups.map(
      (name) => [`kubernetes group ${name}`, `everyone in Kubernetes group ${name}`] as const,
    ),
  ]);
}

function identitiesOf(name: string, { people }: Policy): readonly (readonly [string, string])[] {
  const person = people.get(name);
  if (person === undefined) return [[name, name.replace(/^slack:/, "Slack user ")]];
  return (["slack", "kubernetes"] as const).flatMap((system) => {
    const id = person[system];
    const where = system === "slack" ? "Slack" : "Kubernetes";
    return id === null ? [] : [[`${system}:${id}`, `${name} (${where} ${id})`] as const];
  });
}

function fewerNeeded(right: Right, before: May, after: May): readonly string[] {
  if (right !== "approve" && right !== "force") return [];
  const [from, to] = [before[right]?.people ?? null, after[right]?.people ?? null];
  if (from === null || to === null || to >= from) return [];
  return [
    `${to === 1 ? "1 person" : `${to} people`} could ${VERBS[right]}, until now it takes ${from} (may.${right}.people)`,
  ];
}
