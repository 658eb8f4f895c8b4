import type { Resource } from "../coordinator/ports.ts";

const OURS = "/apis/bootswain.dev/v1alpha1";

const PREFIXES: Readonly<Record<Resource, string>> = {
  nodes: "/api/v1",
  pods: "/api/v1",
  events: "/api/v1",
  configmaps: "/api/v1",
  poddisruptionbudgets: "/apis/policy/v1",
  deployments: "/apis/apps/v1",
  replicasets: "/apis/apps/v1",
  statefulsets: "/apis/apps/v1",
  daemonsets: "/apis/apps/v1",
  jobs: "/apis/batch/v1",
  cronjobs: "/apis/batch/v1",
  persistentvolumeclaims: "/api/v1",
  volumeattachments: "/apis/storage.k8s.io/v1",
  leases: "/apis/coordination.k8s.io/v1",
  validatingadmissionpolicies: "/apis/admissionregistration.k8s.io/v1",
  validatingadmissionpolicybindings: "/apis/admissionregistration.k8s.io/v1",
  selfsubjectreviews: "/apis/authentication.k8s.io/v1",
  hostreports: OURS,
  nodereboots: OURS,
  rebootfleets: OURS,
  rebootdecisions: OURS,
};

/** The path of a kind, or of one object with its subresource. */
export function pathOf(resource: Resource, namespace: string | undefined, ...rest: readonly string[]): string {
  const scope = namespace === undefined ? [] : ["namespaces", namespace];
  const parts = [...scope, resource, ...rest].map(encodeURIComponent);
  return `${PREFIXES[resource]}/${parts.join("/")}`;
}
