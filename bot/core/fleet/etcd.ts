import type { Pod } from "./pod.ts";

/** Where the static pods of etcd run: kubeadm's and RKE2's, and OpenShift's with its guards. */
export const ETCD_PODS = [
  { namespace: "kube-system", labels: { component: "etcd" } },
  { namespace: "openshift-etcd", labels: { app: "etcd" } },
] as const;
export const GUARD_PODS = { namespace: "openshift-etcd", labels: { app: "guard" } } as const;
/** OpenShift's budget over the guards: it allows a disruption only while the other members are well. */
export const GUARD_BUDGET = "openshift-etcd/etcd-guard-pdb";

/** What pods tell of etcd's members, each map by namespace/name. Empty where etcd is no pod (K3s) or elsewhere. */
export interface Etcd {
  readonly members: ReadonlyMap<string, Pod>;
  readonly guards: ReadonlyMap<string, Pod>;
}
