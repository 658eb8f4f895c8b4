import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { expect, test } from "vitest";
import { EXIT, type ExitCode } from "../../process/exit.ts";
import { slackManifest } from "../../slack/manifest.ts";
import { addManifest } from "./manifest.ts";
import { committedManifest } from "./manifest-text.ts";

test("what is committed is what npm run generate writes", () => {
  const file = join(import.meta.dirname, "../../../deploy/slack-manifest.yaml");
  expect(readFileSync(file, "utf8")).toBe(committedManifest());
});

async function manifest(...args: readonly string[]) {
  const said = { lines: [] as string[], notes: [] as string[], codes: [] as ExitCode[] };
  const parent = new Command("slack").exitOverride().configureOutput({ writeErr: () => {} });
  const io = { print: (line: string) => said.lines.push(line), done: (code: ExitCode) => said.codes.push(code) };
  const terminal = { isInteractive: false, note: (line: string) => said.notes.push(line), ask: async () => "" };
  addManifest(parent, io, terminal);
  for (const command of parent.commands) command.exitOverride().configureOutput({ writeErr: () => {} });
  await parent.parseAsync(["manifest", ...args], { from: "user" });
  return said;
}

test("ready for one cluster, with its own name and command, and what to do with it beside it", async () => {
  const { lines, notes, codes } = await manifest("--cluster", "abal-kuber", "--command", "/bootswain-abal");
  expect(lines.slice(0, 10)).toEqual([
    "display_information:",
    "  name: Bootswain (abal-kuber)",
    "  description: Reboots the nodes of a Kubernetes cluster safely",
    "features:",
    "  bot_user:",
    "    display_name: bootswain-abal-kuber",
    "    always_online: true",
    "  slash_commands:",
    "    - command: /bootswain-abal",
    "      description: Says what waits to reboot, and decides on it",
  ]);
  expect(notes.map((note) => note.trim().slice(0, 2))).toEqual(["Wh", "1.", "2.", "3.", "4."]);
  expect(codes).toEqual([EXIT.fine]);
});

test("as JSON", async () => {
  const { lines } = await manifest("--cluster", "abal-kuber", "--format", "json");
  expect(JSON.parse(lines.join("\n"))).toEqual(slackManifest({ cluster: "abal-kuber", command: "/bootswain" }));
});

test("scopes and events are those that the bot needs, and no others", () => {
  const { oauth_config: auth, settings } = slackManifest({ cluster: "c", command: "/bootswain" });
  expect([...auth.scopes.bot].sort()).toEqual(
    [
      "chat:write",
      "commands",
      "app_mentions:read",
      "channels:history",
      "groups:history",
      "usergroups:read",
      "users:read",
      "pins:write",
    ].sort(),
  );
  expect(settings.event_subscriptions.bot_events).toEqual(["app_mention", "message.channels", "message.groups"]);
  expect(settings.socket_mode_enabled).toBe(true);
});

test("names keep within what Slack takes", () => {
  const { display_information: shown, features } = slackManifest({ cluster: "x".repeat(100), command: "/b" });
  expect(shown.name).toHaveLength(35);
  expect(features.bot_user.display_name).toHaveLength(80);
  expect(shown.name).toMatch(/^Bootswain \(x+…\)$/);
});

test.each(["bootswain", "/Boot", "/boot swain", "/", `/${"b".repeat(32)}`])(
  "%j is no slash command",
  async (command) => {
    await expect(manifest("--cluster", "c", "--command", command)).rejects.toThrow(/It must be a slash/);
  },
);
