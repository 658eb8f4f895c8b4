import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { EXIT } from "../process/exit.ts";
import { type WebhookOptions, webhookRoutes, webhookSecretFile } from "./webhook-option.ts";

const POLICY = { repository: "acme/policy", ref: "main" };

function aSecretFile(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "bootswain-webhook-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "secret"), text);
  return join(folder, "secret");
}

const PARTS = {
  log: { info: () => {}, warn: () => {} },
  metrics: { countDelivery: () => {} },
  lookAgain: () => {},
};

const routes = async (options: WebhookOptions) => webhookRoutes(await webhookSecretFile(options, true), POLICY, PARTS);

test("without it nothing is served", async () => {
  expect(await routes({ listen: ":9090" })).toEqual([]);
});

test("with it GitHub's webhook is, and nothing else", async () => {
  const served = await routes({ listen: ":9090", githubWebhookSecretFile: aSecretFile("s3cret\n") });
  expect(served).toMatchObject([{ path: "/github/webhook", methods: ["POST"] }]);
});

test.each<[string, WebhookOptions, boolean, RegExp]>([
  ["no place on GitHub", { listen: ":9090" }, false, /goes with --policy-github, and there is none\.$/],
  ["nothing that listens", {}, true, /goes with --listen, and there is none\.$/],
  ["an empty file", { listen: ":9090" }, true, /holds no secret\. Put the one of GitHub's webhook into it/],
  [
    "no such file",
    { listen: ":9090", githubWebhookSecretFile: "/nowhere/secret" },
    true,
    /^The file \/nowhere\/secret can't be read \(ENOENT\)\. Check --github-webhook-secret-file\.$/,
  ],
])("%s is wrong usage", async (_, options, isOnGitHub, message) => {
  const given = { githubWebhookSecretFile: aSecretFile("\n"), ...options };
  await expect(webhookSecretFile(given, isOnGitHub)).rejects.toMatchObject({
    exitCode: EXIT.usage,
    message: expect.stringMatching(message),
  });
});
