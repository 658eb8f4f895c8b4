import { IANAZone } from "luxon";
import type { Duration } from "../../core/instant.ts";
import { type Given, shown } from "./arguments.ts";
import { FLAGS, type FlagName, type FlagOf } from "./flags.ts";
import { parseGoBool, parseGoDuration, parseGoInt, parseGoTime, parseGoWeekday, splitSlice } from "./go-values.ts";

export interface Setting {
  /** One, or for a slice or an array any number; null when they stand in a Secret or a ConfigMap. */
  readonly values: readonly string[] | null;
  readonly from: string;
}

/** What kured runs with: the flags that were given; all others have their defaults. */
export type KuredFlags = ReadonlyMap<FlagName, Setting>;

export interface ReadFlags {
  readonly flags: KuredFlags;
  /** Values with which kured itself would not start, and values that can't be seen. */
  readonly problems: readonly string[];
}

interface Sources {
  readonly args: readonly Given[];
  readonly variables: readonly Given[];
  /** Up to 1.16 the command line wins over the environment; from 1.17 on the environment does. */
  readonly commandLineWins: boolean;
}

export function readFlags({ args, variables, commandLineWins }: Sources): ReadFlags {
  const flags = new Map<FlagName, Gathered>();
  for (const given of args) set(flags, given);
  const onCommandLine = new Set(args.map(({ name }) => name));
  for (const given of variables) {
    if (commandLineWins && onCommandLine.has(given.name)) continue;
    // kured 1.17 and later can't read an array from the environment, and says so in its log.
    if (!commandLineWins && FLAGS[given.name].type === "array") continue;
    set(flags, given);
  }
  return { flags, problems: [...flags].flatMap(([name, setting]) => problemOf(name, setting) ?? []) };
}

interface Gathered {
  readonly values: string[] | null;
  readonly from: string;
}

function set(flags: Map<FlagName, Gathered>, { name, value, from }: Given): void {
  const { type } = FLAGS[name];
  if (value === null) flags.set(name, { values: null, from });
  else if (type === "slice" || type === "array") {
    const more = type === "slice" ? splitSlice(value) : [value];
    const values = flags.get(name)?.values ?? [];
    for (const one of more) values.push(one);
    flags.set(name, { values, from });
  } else flags.set(name, { values: [value], from });
}

/** Whose value changes nothing that is written: it may stand in a Secret. */
const MAY_BE_HIDDEN: readonly FlagName[] = [
  "ds-name",
  "ds-namespace",
  "lock-annotation",
  "log-format",
  "metrics-host",
  "metrics-port",
  "message-template-drain",
  "message-template-reboot",
  "message-template-uncordon",
  "node-id",
  "notify-url",
  "period",
  "prometheus-url",
  "slack-channel",
  "slack-hook-url",
  "slack-username",
];

function problemOf(name: FlagName, { values, from }: Setting): string | null {
  if (values === null) {
    if (MAY_BE_HIDDEN.includes(name)) return null;
    return `${from} has its value from somewhere else, such as a Secret or a ConfigMap; write the value itself there and try again`;
  }
  const wrong = values.find((value) => wants(name, value) !== null);
  if (wrong === undefined) return null;
  const value = wrong === "" ? "an empty text" : `"${shown(wrong)}"`;
  return `${from} is ${value}; kured would not start with it: it takes ${wants(name, wrong)}`;
}

/** What kured takes instead of `value`; null when it takes the value. */
function wants(name: FlagName, value: string): string | null {
  const { type } = FLAGS[name];
  if (type === "bool") return parseGoBool(value) === null ? "true or false" : null;
  if (type === "int") return parseGoInt(value) === null ? "a whole number" : null;
  if (type === "duration")
    return parseGoDuration(value) === null ? "a duration with its unit, such as 90s or 1h30m" : null;
  if (name === "start-time" || name === "end-time")
    return parseGoTime(value) === null ? "a time of day: 22:00, 22:00:30, 22, 10pm or 09:30pm" : null;
  if (name === "reboot-days")
    return value !== "" && parseGoWeekday(value) === null ? "days: mo, mon, monday, or 0 (Sunday) to 6" : null;
  if (name === "time-zone")
    return /^[A-Za-z]/.test(zoneOf(value)) && IANAZone.isValidZone(zoneOf(value))
      ? null
      : "an IANA time zone, such as America/Chicago";
  if (name === "reboot-method") return value === "command" || value === "signal" ? null : "command or signal";
  if (name === "pre-reboot-node-labels" || name === "post-reboot-node-labels")
    return value.includes("=") ? null : "labels, such as maintenance=true";
  return null;
}

/** Go's names for UTC; "Local" is the zone of kured's image, which is UTC. */
export const zoneOf = (value: string): string => (value === "" || value === "Local" ? "UTC" : value);

const last = (flags: KuredFlags, name: FlagName): string => flags.get(name)?.values?.at(-1) ?? FLAGS[name].default;

export const isGiven = (flags: KuredFlags, name: FlagName): boolean => flags.has(name);
export const textOf = (flags: KuredFlags, name: FlagOf<"text" | "regexp">): string => last(flags, name);
export const isOn = (flags: KuredFlags, name: FlagOf<"bool">): boolean => parseGoBool(last(flags, name)) ?? false;
export const wholeOf = (flags: KuredFlags, name: FlagOf<"int">): number => parseGoInt(last(flags, name)) ?? 0;
export const durationOf = (flags: KuredFlags, name: FlagOf<"duration">): Duration =>
  parseGoDuration(last(flags, name)) ?? 0;
export const listOf = (flags: KuredFlags, name: FlagOf<"slice" | "array">): readonly string[] =>
  flags.get(name)?.values ?? splitSlice(FLAGS[name].default);

/** For a comment: "--start-time", or "--start-time left out (0:00)". */
export function sourceOf(flags: KuredFlags, name: FlagName): string {
  const setting = flags.get(name);
  if (setting !== undefined) return setting.from;
  const { default: byDefault } = FLAGS[name];
  return `--${name} left out${byDefault === "" ? "" : ` (${byDefault})`}`;
}
