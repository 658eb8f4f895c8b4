import type { Fix } from "../../fleet/diagnosis.ts";
import type { Owner, Pod } from "../../fleet/pod.ts";
import type { Told } from "../ruled-out.ts";
import { type Facts, nameOf, pdb } from "./facts.ts";
import { fixesFor } from "./fixes.ts";
import { promiseText } from "./promise.ts";

interface Operator {
  readonly group: string;
  readonly does: string;
  readonly fix: (owner: Owner, pod: Pod) => Fix;
}

const OPERATORS: readonly Operator[] = [
  {
    // cloudnative-pg.io/documentation, "Kubernetes upgrade and maintenance"
    group: "postgresql.cnpg.io",
    does: "CloudNativePG switches its primary over once the node is cordoned, when a replica is ready; a cluster of one instance it never lets go",
    fix: ({ name }, { namespace }) => ({
      says: "let the cluster's pods go without its budgets",
      command: `kubectl -n ${namespace} patch cluster.postgresql.cnpg.io ${name} --type=merge -p '{"spec":{"enablePDB":false}}'`,
    }),
  },
  {
    // kubevirt.io/user-guide, "Node maintenance"
    group: "kubevirt.io",
    does: "KubeVirt migrates the machine to another node when its eviction strategy and its disks allow that",
    fix: ({ name }, { namespace }) => ({
      says: "migrate it by hand, and see why that fails",
      command: `virtctl -n ${namespace} migrate ${name}`,
    }),
  },
  {
    // longhorn.io/docs, "Node drain policy"
    group: "longhorn.io",
    does: "Longhorn lets its instance manager go once no volume is attached here and no last healthy replica is left",
    fix: (_, { namespace }) => ({
      says: "let it go also with stopped last replicas",
      command: `kubectl -n ${namespace} patch settings.longhorn.io node-drain-policy --type=merge -p '{"value":"allow-if-replica-is-stopped"}'`,
    }),
  },
];

/** The pod's maker is none of Kubernetes' own: such an operator may move what the pod does, and then lets it go. */
export function ofOperator(facts: Facts): Told | null {
  const { workload, budget, pod } = facts;
  if (workload.kind !== "operator") return null;
  const { owner } = workload;
  const group = owner.apiVersion.split("/")[0] ?? "";
  const known = OPERATORS.find((one) => one.group === group);
  const does = known?.does ?? "such an operator may free it once its node is cordoned";
  const says = `${pdb(budget)} ${promiseText(budget.promise)}. ${nameOf(pod)} belongs to ${owner.kind} ${owner.name} (${group}): ${does}.`;
  const look = {
    says: "see what its operator waits for",
    command: `kubectl -n ${pod.namespace} describe ${owner.kind.toLowerCase()}.${group} ${owner.name}`,
  };
  // An operator's own budgets come back as it made them, so a looser one is no fix where the operator is known.
  const fixes =
    known === undefined ? [...(facts.neverAllows ? fixesFor(facts) : []), look] : [known.fix(owner, pod), look];
  return { verdict: "its operator may free it", cause: "operator", says, fixes };
}
