import { shown } from "./arguments.ts";
import { FLAGS, type FlagName } from "./flags.ts";
import { parseGoDuration } from "./go-values.ts";
import type { Kured } from "./kured.ts";
import { isGiven, isOn, type KuredFlags, type Setting, textOf } from "./kured-flags.ts";
import { hostPath } from "./source.ts";

/** What became of each flag that is no key of the policy: one sentence a flag, beginning with it. */
export function fatesOf(kured: Kured): readonly string[] {
  const { flags } = kured;
  const told = [...flags].flatMap(([name, setting]) => {
    if (isDefault(name, setting)) return [];
    const fate = fateOf(name, kured);
    return fate === null ? [] : [`${written(name, setting)}: ${fate}`];
  });
  return [...told, ...rebootCommandLeftOut(flags), ...missing(kured)];
}

function fateOf(name: FlagName, kured: Kured): string | null {
  const { becomes } = FLAGS[name];
  if (name === "reboot-sentinel") return sentinel(kured);
  if (name === "reboot-command") return rebootCommand(kured.flags);
  switch (becomes.kind) {
    case "policy":
      return null;
    case "agent":
    case "bot":
      return becomes.how;
    case "not needed":
      return `not needed: ${becomes.why}`;
    case "no equal":
      return `no equal: ${becomes.why}. Instead: ${becomes.instead}`;
    default:
      return becomes satisfies never;
  }
}

function sentinel({ flags, source }: Kured): string {
  const path = textOf(flags, "reboot-sentinel");
  if (isGiven(flags, "reboot-sentinel-command") && textOf(flags, "reboot-sentinel-command") !== "")
    return "kured didn't look at it, because it had a --reboot-sentinel-command";
  const onHost = hostPath(path, source.mounts);
  const why =
    onHost === null
      ? ""
      : `, which is what the host calls it${source.placement === null ? " where kured's own manifests were used" : ""}`;
  return `tell the agent --sentinel ${shown(onHost ?? path)}${why}`;
}

function rebootCommand(flags: KuredFlags): string {
  if (textOf(flags, "reboot-method") === "signal") return "kured didn't use it, because of --reboot-method=signal";
  return `tell the agent --reboot-command '${shown(textOf(flags, "reboot-command"))}'`;
}

/** The agent has no default of its own. */
function rebootCommandLeftOut(flags: KuredFlags): readonly string[] {
  const isSignal = textOf(flags, "reboot-method") === "signal";
  if (
    !isSignal &&
    isGiven(flags, "reboot-command") &&
    textOf(flags, "reboot-command") !== FLAGS["reboot-command"].default
  )
    return [];
  const why = isSignal ? "which asks systemd for what the signal did" : "kured's default";
  return [
    `--reboot-command${isSignal ? "" : " left out"}: tell the agent --reboot-command '/bin/systemctl reboot', ${why}`,
  ];
}

function missing({ gates, drain }: Kured): readonly string[] {
  const blocking = gates.missing.map(
    (selector) =>
      `--blocking-pod-selector=${shown(selector)}: could not be converted: a gate takes labels with their values. Instead: label such pods, say them in gates (noPods), and change the mode`,
  );
  if (drain.missing === null) return blocking;
  return [
    ...blocking,
    `--drain-pod-selector=${shown(drain.missing)}: could not be converted: a rule is for pods that have a label, so none can be for all others. Instead: label the pods that must stay, say them in drain.pods (action: leave), and change the mode`,
  ];
}

function isDefault(name: FlagName, { values }: Setting): boolean {
  const { type, default: byDefault } = FLAGS[name];
  const [value, ...more] = values ?? [];
  if (value === undefined || more.length > 0) return false;
  if (type === "bool") return name !== "annotate-nodes" && name !== "force-reboot" ? false : isOff(value);
  if (type === "duration") return parseGoDuration(value) === parseGoDuration(byDefault);
  return value === byDefault;
}

const isOff = (value: string): boolean =>
  !isOn(new Map([["force-reboot", { values: [value], from: "" }]]), "force-reboot");

/** They hold secrets: a policy is read by many. */
const SECRET: readonly FlagName[] = ["slack-hook-url", "notify-url", "prometheus-url"];

function written(name: FlagName, { values, from }: Setting): string {
  const value = values?.at(-1);
  if (value === undefined || SECRET.includes(name) || FLAGS[name].type === "bool") return from;
  return `${from}=${shown(value)}`;
}
