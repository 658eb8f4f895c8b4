const API_VERSION = "bootswain.dev/v1alpha1";

export const report = (name: string, resourceVersion?: string) => ({
  apiVersion: API_VERSION,
  kind: "HostReport",
  metadata: { name, ...(resourceVersion === undefined ? {} : { resourceVersion }) },
});

export const reportStatus = (bootID: string) => ({ bootID, heartbeat: "2026-12-01T00:00:00.000Z" });

export const decision = (name: string, verb: string) => ({
  apiVersion: API_VERSION,
  kind: "RebootDecision",
  metadata: { name },
  spec: { verb, targets: [{ node: "worker" }], by: { system: "slack", id: "U01AB" } },
});
