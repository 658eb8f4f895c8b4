import { type Command, InvalidArgumentError, Option } from "commander";
import { EXIT } from "../../process/exit.ts";
import { isCommandName, slackManifest, USUAL_COMMAND } from "../../slack/manifest.ts";
import type { Io } from "../io.ts";
import type { Terminal } from "../terminal.ts";
import { manifestYaml } from "./manifest-text.ts";

interface Options {
  readonly cluster: string;
  readonly command: string;
  readonly format: "yaml" | "json";
}

const stepsFor = (displayName: string): readonly string[] => [
  "What to do with it:",
  '  1. https://api.slack.com/apps, "Create New App", "From a manifest": paste it.',
  '  2. "Install App": the bot token (xoxb-…) is SLACK_BOT_TOKEN.',
  '  3. "Basic Information", "App-Level Tokens": one with the scope connections:write (xapp-…) is SLACK_APP_TOKEN.',
  `  4. Invite the bot to each channel that the policy names: /invite @${displayName}`,
];

export function addManifest(parent: Command, io: Io, { note }: Terminal): void {
  parent
    .command("manifest")
    .description("the Slack app of a cluster, for api.slack.com; one app for each cluster")
    .requiredOption("--cluster <name>", "the cluster's name, as in the policy", clusterName)
    .option("--command <name>", "the slash command; each app of a workspace needs its own", commandName, USUAL_COMMAND)
    .addOption(new Option("--format <format>", "yaml or json").choices(["yaml", "json"]).default("yaml"))
    .action(({ cluster, command, format }: Options) => {
      const manifest = slackManifest({ cluster, command });
      const text = format === "json" ? JSON.stringify(manifest, null, 2) : manifestYaml(manifest).trimEnd();
      for (const line of text.split("\n")) io.print(line);
      for (const step of stepsFor(manifest.features.bot_user.display_name)) note(step);
      io.done(EXIT.fine);
    });
}

function clusterName(text: string): string {
  if (text.trim() === "")
    throw new InvalidArgumentError("It must be the name that the policy has: cluster: abal-kuber.");
  return text;
}

function commandName(text: string): string {
  if (!isCommandName(text))
    throw new InvalidArgumentError("It must be a slash and up to 31 of a-z, 0-9, - and _: /bootswain-prod.");
  return text;
}
