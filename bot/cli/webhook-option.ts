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

/** `policy` is where the policy is on GitHub; null where it is elsewhere. Nothing is served without the option. */
export async function webhookRoutes(
  { githubWebhookSecretFile: secretFile, listen }: WebhookOptions,
  policy: WatchedPolicy | null,
  parts: Omit<WebhookParts, "secretFile" | "policy">,
): Promise<readonly Route[]> {
  if (secretFile === undefined) return [];
  if (policy === null) throw new UserError(`${NAME} goes with --policy-github, and there is none.`, EXIT.usage);
  if (listen === undefined) throw new UserError(`${NAME} goes with --listen, and there is none.`, EXIT.usage);
  const found = await readSecrets(secretFile);
  if (!found.ok) throw new UserError(found.problem, EXIT.usage);
  return [webhookRoute({ ...parts, secretFile, policy })];
}
