import { type Duration, SECOND } from "../../core/instant.ts";
import { durationOf, type KuredFlags, sourceOf, textOf, wholeOf } from "./kured-flags.ts";
import { type Labels, parseSelector } from "./label-selector.ts";

export interface PodRuleText {
  readonly labels: Labels;
  readonly action: "leave";
}

/** A key below `drain`, its value as YAML, and what to say beside it. */
export interface DrainKey {
  readonly key: string;
  readonly value: string;
  readonly note: string;
}

export interface Drain {
  readonly keys: readonly DrainKey[];
  readonly rules: readonly PodRuleText[];
  /** The selector that rules can't say; null when there is none. */
  readonly missing: string | null;
}

export function drainOf(flags: KuredFlags): Drain {
  const selector = textOf(flags, "drain-pod-selector");
  const rules = podRules(selector);
  return {
    keys: [giveUpAfter(flags), ...gracePeriod(flags), ...ignoreTerminating(flags)],
    rules: rules ?? [],
    missing: rules === null ? selector : null,
  };
}

function giveUpAfter(flags: KuredFlags): DrainKey {
  const timeout = durationOf(flags, "drain-timeout");
  const source = sourceOf(flags, "drain-timeout");
  if (timeout > 0) return { key: "giveUpAfter", value: writeDuration(timeout), note: source };
  const note = `${source}: kured would have waited for ever; a blocked node steps aside instead`;
  return { key: "giveUpAfter", value: "15m", note };
}

function gracePeriod(flags: KuredFlags): readonly DrainKey[] {
  const seconds = wholeOf(flags, "drain-grace-period");
  if (seconds < 0) return [];
  const note =
    seconds === 0
      ? "--drain-grace-period=0; 1s, so that a pod has ended before it is forgotten"
      : "--drain-grace-period; here an upper bound";
  return [{ key: "gracePeriod", value: `${Math.max(1, seconds)}s`, note }];
}

function ignoreTerminating(flags: KuredFlags): readonly DrainKey[] {
  const seconds = wholeOf(flags, "skip-wait-for-delete-timeout");
  if (seconds <= 0) return [];
  return [
    { key: "ignoreTerminatingAfter", value: writeDuration(seconds * SECOND), note: "--skip-wait-for-delete-timeout" },
  ];
}

/**
 * Rules for the pods that kured left alone; all others it drained. Null when that can't be said: a rule names pods by
 * labels that they have, so none is for all pods without a label.
 */
export function podRules(selector: string): readonly PodRuleText[] | null {
  const conditions = parseSelector(selector);
  if (conditions === null) return null;
  const rules: PodRuleText[] = [];
  for (const condition of conditions) {
    if (condition.kind !== "isNot") return null;
    rules.push(...condition.values.map((value) => ({ labels: { [condition.key]: value }, action: "leave" }) as const));
  }
  return rules;
}

/** "90s", "15m", "1h30m"; a part of a second counts as one. */
export function writeDuration(length: Duration): string {
  const seconds = Math.ceil(Math.max(0, length) / SECOND);
  const parts = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor((seconds % 86_400) / 3_600), "h"],
    [Math.floor((seconds % 3_600) / 60), "m"],
    [seconds % 60, "s"],
  ] as const;
  const isShort = seconds < 120;
  const text = parts.flatMap(([count, unit]) => (count > 0 ? [`${count}${unit}`] : [])).join("");
  return isShort ? `${seconds}s` : text;
}
