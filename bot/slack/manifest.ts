/** For which cluster an app is, and its slash command: two apps of a workspace clash over one name. */
export interface AppOf {
  /** Null for the manifest that is to be filled in by hand. */
  readonly cluster: string | null;
  readonly command: string;
}

export const USUAL_COMMAND = "/bootswain";

/** As Slack takes it: a slash, and no more than 32 characters without a blank (docs.slack.dev, "App manifest reference"). */
export const isCommandName = (command: string): boolean => /^\/[a-z0-9][a-z0-9_-]{0,30}$/.test(command);

const NAME_MOST = 35;
const DISPLAY_NAME_MOST = 80;

/** One app for each cluster: what Slack's "From a manifest" takes. Socket Mode, so Slack needs no way in. */
export function slackManifest({ cluster, command }: AppOf) {
  return {
    display_information: {
      name: named(cluster, NAME_MOST),
      description: "Reboots the nodes of a Kubernetes cluster safely",
    },
    features: {
      bot_user: { display_name: botName(cluster), always_online: true },
      slash_commands: [
        {
          command,
          description: "Says what waits to reboot, and decides on it",
          usage_hint:
            "status | why <node> | approve <node> | skip <node> until fri 18:00 | pause: <reason> | freeze until mon 09:00: <reason> | help",
          should_escape: false,
        },
      ],
    },
    oauth_config: {
      scopes: {
        bot: [
          "app_mentions:read",
          "channels:history",
          "chat:write",
          "commands",
          "groups:history",
          "pins:write",
          "usergroups:read",
          "users:read",
        ],
      },
    },
    settings: {
      event_subscriptions: { bot_events: ["app_mention", "message.channels", "message.groups"] },
      interactivity: { is_enabled: true },
      org_deploy_enabled: false,
      socket_mode_enabled: true,
      token_rotation_enabled: false,
    },
  };
}

function named(cluster: string | null, most: number): string {
  if (cluster === null) return "Bootswain";
  const name = `Bootswain (${cluster})`;
  return name.length <= most ? name : `${name.slice(0, most - 2)}…)`;
}

/** The name to mention and invite it by. Slack takes a-z, 0-9, -, _ and . in it ("App manifest reference", display_name). */
function botName(cluster: string | null): string {
  const name = cluster === null ? "bootswain" : `bootswain-${cluster}`;
  return name
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, "-")
    .slice(0, DISPLAY_NAME_MOST);
}
