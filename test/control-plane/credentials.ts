import { generateKeyPairSync, randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { apiUrl, caFile, kubeconfigFile, serviceAccountKeyFile, tokenFile } from "./components.ts";
import type { Places } from "./places.ts";

export interface User {
  readonly name: string;
  readonly groups: readonly string[];
}

/** Names of their own, so that the audit log tells them apart. */
const builtInUsers: readonly User[] = ["admin", "system:kube-controller-manager", "system:kube-scheduler", "kwok"].map(
  (name) => ({ name, groups: ["system:masters"] }),
);

/** Writes the tokens, the kubeconfigs and the service accounts' key; returns each user's token. */
export async function writeCredentials(places: Places, users: readonly User[]): Promise<ReadonlyMap<string, string>> {
  const all = [...builtInUsers, ...users];
  const tokens = new Map(all.map(({ name }) => [name, randomBytes(16).toString("hex")]));
  const rows = all.map(({ name, groups }) => `${tokens.get(name)},"${name}","${name}","${groups.join(",")}"\n`);
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  await Promise.all([
    writeFile(tokenFile(places), rows.join("")),
    writeFile(serviceAccountKeyFile(places), privateKey.export({ type: "sec1", format: "pem" })),
    ...[...tokens].map(([user, token]) => writeFile(kubeconfigFile(places, user), kubeconfig(places, token))),
  ]);
  return tokens;
}

/** JSON is YAML, and the certificate's file may come later than this one. */
function kubeconfig(places: Places, token: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "test", cluster: { server: apiUrl(places), "certificate-authority": caFile(places) } }],
    users: [{ name: "test", user: { token } }],
    contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
    "current-context": "test",
  });
}
