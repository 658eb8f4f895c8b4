import type { Command } from "commander";
import type { WatchedPolicy } from "../http/github/relevance.ts";
import { readSecrets } from "../http/github/secrets.ts";
import { type WebhookParts, webhookRoute } from "../http/github/webhook.ts";
import type { Route } from "../http/route.ts";
import { EXIT, UserError } from "../process/exit.ts";

export interface WebhookOptions {
  readonly githubWebhookSecretFile?: string;
  readonly listen?: string;
}

const NAME = "--github-webhook-secret-file";

export const addWebhookOption = (command: Command): Command =>
  command.option(
    `${NAME} <file>`,
    "take GitHub's webhook on --listen, signed by a secret in this file, read at each delivery",
  );

/** The file, as it can be used; null without the option. Throws UserError where it does not go with the other options. */
export async function webhookSecretFile(
  { githubWebhookSecretFile: secretFile, listen }: WebhookOptions,
  isOnGitHub: boolean,
): Promise<string | null> {
  if (secretFile === undefined) return null;
  if (!isOnGitHub) throw new UserError(`${NAME} goes with --policy-github, and there is none.`, EXIT.usage);
  if (listen === undefined) throw new UserError(`${NAME} goes with --listen, and there is none.`, EXIT.usage);
  const found = await readSecrets(secretFile);
  if (!found.ok) throw new UserError(found.problem, EXIT.usage);
  return secretFile;
}

/** `policy` is where the policy is on GitHub. Without one of the two nothing is served. */
export function webhookRoutes(
  secretFile: string | null,
  policy: WatchedPolicy | null,
  parts: Omit<WebhookParts, "secretFile" | "policy">,
): readonly Route[] {
  return secretFile === null || policy === null ? [] : [webhookRoute({ ...parts, secretFile, policy })];
}
