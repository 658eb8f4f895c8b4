/** How kured reads a flag's value. A slice splits at commas, an array doesn't. */
export type FlagType = "bool" | "int" | "text" | "duration" | "regexp" | "slice" | "array";

/** Where a flag's meaning went. */
export type Becomes =
  | { readonly kind: "policy"; readonly key: string }
  | { readonly kind: "agent"; readonly how: string }
  | { readonly kind: "bot"; readonly how: string }
  | { readonly kind: "not needed"; readonly why: string }
  | { readonly kind: "no equal"; readonly why: string; readonly instead: string };

export interface Flag {
  readonly type: FlagType;
  /** As kured's own help writes it; a list is joined by commas. */
  readonly default: string;
  /** The first and the last version that has it; null is still there. */
  readonly since: string;
  readonly until: string | null;
  readonly becomes: Becomes;
}

const FIRST = "1.15";

const flag = <T extends FlagType>(type: T, byDefault: string, becomes: Becomes) =>
  ({ type, default: byDefault, since: FIRST, until: null, becomes }) as const;

const policy = (key: string): Becomes => ({ kind: "policy", key });
const agent = (how: string): Becomes => ({ kind: "agent", how });
const bot = (how: string): Becomes => ({ kind: "bot", how });
const notNeeded = (why: string): Becomes => ({ kind: "not needed", why });
const noEqual = (why: string, instead: string): Becomes => ({ kind: "no equal", why, instead });

const LOCK =
  "Bootswain has no lock that could be lost or kept for ever: each reboot has a slot, and a slot has an owner";
const CARDS = noEqual(
  "Bootswain writes its cards itself, with what is blocked and why",
  "read docs/slack.md for what they say",
);
const ONE_WAY = noEqual("Bootswain talks to Slack by an app, not by a hook", "set slack.channel above");

/**
 * All flags of kured 1.15 to 1.23, from its cmd/kured/main.go. All these versions have the same ones with the same
 * defaults.
 */
export const FLAGS = {
  "alert-filter-match-only": flag("bool", "false", policy("gates")),
  "alert-filter-regexp": flag("regexp", "", policy("gates")),
  "alert-firing-only": flag("bool", "false", policy("gates")),
  "annotate-nodes": flag(
    "bool",
    "false",
    noEqual(
      "Bootswain annotates a node that it cordons with bootswain.dev/cordoned-for",
      "let tools that read weave.works/kured-reboot-in-progress read that, or a label of nodeLabels.during",
    ),
  ),
  "blocking-pod-selector": flag("array", "", policy("gates")),
  concurrency: flag("int", "1", policy("maxRebooting")),
  "drain-delay": flag(
    "duration",
    "0",
    noEqual(
      "nothing is gained by waiting with the slot taken, and people can stop a drain while it runs",
      "if something must happen first, name a CronJob in hooks.beforeDrain",
    ),
  ),
  "drain-grace-period": flag("int", "-1", policy("drain.gracePeriod")),
  "drain-pod-selector": flag("text", "", policy("drain.pods")),
  "drain-timeout": flag("duration", "0", policy("drain.giveUpAfter")),
  "ds-name": flag("text", "kured", notNeeded(LOCK)),
  "ds-namespace": flag("text", "kube-system", notNeeded(LOCK)),
  "end-time": flag("text", "23:59:59", policy("windows")),
  "force-reboot": flag(
    "bool",
    "false",
    noEqual(
      "kured rebooted although the drain had failed, with the pods that were left killed by the shutdown",
      "let people force a blocked node (may.force), or the policy itself (drain.forceAfter: 1h); either way the pods are ended by their own grace period and the record names the budgets broken",
    ),
  ),
  "lock-annotation": flag("text", "weave.works/kured-node-lock", notNeeded(LOCK)),
  "lock-release-delay": flag(
    "duration",
    "0",
    noEqual(
      "the next node goes when this one has proved healthy, not after a time",
      "set verify.soak to how long it must stay Ready",
    ),
  ),
  "lock-ttl": flag(
    "duration",
    "0",
    notNeeded(`${LOCK}; a node that doesn't come back within reboot.backWithin is said`),
  ),
  "log-format": flag("text", "text", notNeeded("the logs are structured JSON")),
  "message-template-drain": flag("text", "Draining node %s", CARDS),
  "message-template-reboot": flag("text", "Rebooting node %s", CARDS),
  "message-template-uncordon": flag("text", "Node %s rebooted & uncordoned successfully!", CARDS),
  "metrics-host": flag("text", "", notNeeded("it is about kured's own metrics page")),
  "metrics-port": flag("int", "8080", notNeeded("it is about kured's own metrics page")),
  "node-id": flag("text", "", agent("the agent's NODE_NAME, or its --node")),
  "notify-url": flag("text", "", ONE_WAY),
  period: flag("duration", "1h", notNeeded("nothing polls: a node whose turn it is goes within a second")),
  "post-reboot-node-labels": flag("slice", "", policy("nodeLabels.after")),
  "pre-reboot-node-labels": flag("slice", "", policy("nodeLabels.during")),
  "prefer-no-schedule-taint": flag("text", "", policy("discourageScheduling")),
  "prometheus-url": flag("text", "", bot("where Prometheus and Alertmanager are is the bot's configuration")),
  "reboot-command": flag("text", "/bin/systemctl reboot", agent("the agent's --reboot-command")),
  "reboot-days": flag("slice", "su,mo,tu,we,th,fr,sa", policy("windows")),
  "reboot-delay": flag("duration", "0", policy("reboot.delay")),
  "reboot-method": flag("text", "command", agent("the agent reboots by its --reboot-command alone")),
  "reboot-sentinel": flag("text", "/var/run/reboot-required", agent("the agent's --sentinel")),
  "reboot-sentinel-command": flag(
    "text",
    "",
    noEqual(
      "the agent can't run a command that says whether a reboot is needed yet",
      "let a timer on the host run it and make the file that the agent's --sentinel names",
    ),
  ),
  "reboot-signal": flag(
    "int",
    "39",
    noEqual("the agent reboots by its --reboot-command alone", "systemctl reboot does what signal 39 asks systemd for"),
  ),
  "skip-wait-for-delete-timeout": flag("int", "0", policy("drain.ignoreTerminatingAfter")),
  "slack-channel": flag("text", "", notNeeded("kured itself never read it; set slack.channel above")),
  "slack-hook-url": flag("text", "", ONE_WAY),
  "slack-username": flag("text", "kured", notNeeded("kured itself never read it")),
  "start-time": flag("text", "0:00", policy("windows")),
  "time-zone": flag("text", "UTC", policy("timeZone")),
} as const satisfies Readonly<Record<string, Flag>>;

export type FlagName = keyof typeof FLAGS;
/** The names of all flags of one type. */
export type FlagOf<T extends FlagType> = {
  [Name in FlagName]: (typeof FLAGS)[Name]["type"] extends T ? Name : never;
}[FlagName];

export const isFlagName = (name: string): name is FlagName => Object.hasOwn(FLAGS, name);
export const FLAG_NAMES: readonly FlagName[] = Object.keys(FLAGS).filter(isFlagName);

/** KURED_START_TIME, as kured names the environment variable of --start-time. */
export const variableOf = (name: FlagName): string => `KURED_${name.toUpperCase().replaceAll("-", "_")}`;

/** startTime, as the chart names --start-time below `configuration`. */
export const chartKeyOf = (name: FlagName): string =>
  name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
