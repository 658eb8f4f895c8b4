import { generateKeyPairSync } from "node:crypto";
import { createEmulator } from "emulate";
import { AT, type Hub, hubAt, TOKEN } from "./hub.ts";

export interface EmulatedHub extends Hub {
  readonly close: () => Promise<void>;
}

export interface HookTarget {
  readonly url: string;
  readonly secret: string;
}

/** What the product's app may do on a person's repository. */
export const APP_PERMISSIONS = {
  metadata: "read",
  contents: "read",
  pull_requests: "write",
  checks: "write",
  statuses: "write",
} as const;

export const KEYS = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});

/** The GitHub of the package `emulate`, on a port of this machine and within this process. */
export async function startEmulated(hook?: HookTarget): Promise<EmulatedHub> {
  const app = { appId: 12_345, privateKey: KEYS.privateKey, installationId: 100 };
  const started = await createEmulator({
    service: "github",
    port: 0,
    seed: {
      tokens: { [TOKEN]: { login: "ana", scopes: ["repo"] } },
      github: {
        users: [{ login: "ana", name: "ana", email: "ana@users.noreply.github.com" }],
        orgs: [{ login: AT.owner, members: [{ login: "ana", role: "admin" }] }],
        repos: [{ owner: AT.owner, name: AT.repo, auto_init: true }],
        apps: [
          {
            app_id: app.appId,
            slug: "bootswain",
            name: "bootswain",
            private_key: app.privateKey,
            permissions: APP_PERMISSIONS,
            events: ["push", "pull_request", "check_run", "check_suite"],
            ...(hook === undefined ? {} : { webhook_url: hook.url, webhook_secret: hook.secret }),
            installations: [{ installation_id: app.installationId, account: AT.owner, repository_selection: "all" }],
          },
        ],
      },
    },
  });
  // It listens there only, whichever address the name has first.
  const apiUrl = started.url.replace("localhost", "127.0.0.1");
  return { ...hubAt(apiUrl, app), close: () => started.close() };
}
