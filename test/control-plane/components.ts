import { join } from "node:path";
import type { Places } from "./places.ts";

/** Where the API server puts the certificate that it makes for itself, with the CA that signed it. */
export function caFile(places: Places): string {
  return join(places.folder, "api-server.crt", "apiserver.crt");
}

export function tokenFile(places: Places): string {
  return join(places.folder, "tokens.csv");
}

export function serviceAccountKeyFile(places: Places): string {
  return join(places.folder, "service-account.key");
}

export function auditLogFile(places: Places): string {
  return join(places.folder, "logs", "audit.log");
}

export function kubeconfigFile(places: Places, user: string): string {
  return join(places.folder, "kubeconfigs", `${encodeURIComponent(user)}.yaml`);
}

export function apiUrl(places: Places): string {
  return `https://127.0.0.1:${places.apiPort}`;
}

export function etcdArgs(places: Places): string[] {
  const client = `http://127.0.0.1:${places.etcdPort}`;
  const peer = `http://127.0.0.1:${places.etcdPeerPort}`;
  return [
    `--data-dir=${join(places.folder, "etcd")}`,
    "--unsafe-no-fsync",
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
  ];
}

export function apiServerArgs(places: Places): string[] {
  return [
    `--etcd-servers=http://127.0.0.1:${places.etcdPort}`,
    "--bind-address=127.0.0.1",
    "--advertise-address=127.0.0.1",
    `--secure-port=${places.apiPort}`,
    `--cert-dir=${join(places.folder, "api-server.crt")}`,
    "--service-cluster-ip-range=10.0.0.0/24",
    "--allow-privileged=true",
    "--authorization-mode=RBAC,Node",
    `--token-auth-file=${tokenFile(places)}`,
    "--service-account-issuer=https://kubernetes.default.svc",
    `--service-account-key-file=${serviceAccountKeyFile(places)}`,
    `--service-account-signing-key-file=${serviceAccountKeyFile(places)}`,
    `--audit-policy-file=${join(import.meta.dirname, "audit-policy.yaml")}`,
    `--audit-log-path=${auditLogFile(places)}`,
    "--audit-log-maxsize=0",
  ];
}

export function controllerManagerArgs(places: Places): string[] {
  return [
    ...clientArgs(places, "system:kube-controller-manager"),
    `--service-account-private-key-file=${serviceAccountKeyFile(places)}`,
  ];
}

export function schedulerArgs(places: Places): string[] {
  return clientArgs(places, "system:kube-scheduler");
}

export function kwokArgs(places: Places): string[] {
  return [
    `--kubeconfig=${kubeconfigFile(places, "kwok")}`,
    `--config=${join(import.meta.dirname, "kwok-stages.yaml")}`,
    "--manage-all-nodes=true",
    "--node-ip=10.1.0.1",
    "--node-lease-duration-seconds=40",
  ];
}

function clientArgs(places: Places, user: string): string[] {
  return [
    `--kubeconfig=${kubeconfigFile(places, user)}`,
    "--leader-elect=false",
    "--bind-address=127.0.0.1",
    "--secure-port=0",
    // The usual 20 requests a second would make a test of a hundred pods wait for the client's own throttle.
    "--kube-api-qps=500",
    "--kube-api-burst=1000",
  ];
}
