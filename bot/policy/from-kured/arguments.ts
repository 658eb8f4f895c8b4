import { distance } from "fastest-levenshtein";
import { chartKeyOf, FLAG_NAMES, FLAGS, type FlagName, isFlagName, variableOf } from "./flags.ts";

/** A flag as somebody wrote it. */
export interface Given {
  readonly name: FlagName;
  /** Null when the value stands somewhere else, as in a Secret. */
  readonly value: string | null;
  /** As it is shown: --start-time, KURED_START_TIME, configuration.startTime. */
  readonly from: string;
}

export interface ReadArguments {
  readonly given: readonly Given[];
  /** What is no flag of kured, one sentence each. */
  readonly unknown: readonly string[];
}

const CLOSE = 4;
/** Longer than any name of kured's with a slip in it. */
const LONGEST_SLIP = 50;

/** What kured's own parser (pflag) makes of its command line. */
export function readArguments(args: readonly string[]): ReadArguments {
  const given: Given[] = [];
  const unknown: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] ?? "";
    if (arg === "--") break;
    if (!arg.startsWith("--")) {
      unknown.push(`${shown(arg)} is no flag; kured's flags begin with --`);
      continue;
    }
    const [, name = "", inline] = /^--([^=]*)(?:=(.*))?$/s.exec(arg) ?? [];
    if (!isFlagName(name)) {
      unknown.push(unknownFlag(`--${name}`, name));
      if (inline === undefined && args[index + 1]?.startsWith("-") === false) index += 1;
      continue;
    }
    // A switch never takes the word after it: --force-reboot false is still on.
    const isSwitch = FLAGS[name].type === "bool";
    if (inline === undefined && !isSwitch) index += 1;
    given.push({ name, value: inline ?? (isSwitch ? "true" : (args[index] ?? "")), from: `--${name}` });
  }
  return { given, unknown };
}

export interface Variable {
  readonly name: string;
  readonly value: string | null;
}

/** kured takes KURED_START_TIME for --start-time; other variables are none of ours. */
export function readVariables(variables: readonly Variable[]): ReadArguments {
  const flags = new Map(FLAG_NAMES.map((name) => [variableOf(name), name]));
  const ours = variables.filter(({ name }) => name.startsWith("KURED_"));
  return {
    given: ours.flatMap(({ name, value }) => {
      const flag = flags.get(name);
      return flag === undefined ? [] : [{ name: flag, value, from: name }];
    }),
    unknown: ours
      .filter(({ name }) => !flags.has(name))
      .map(({ name }) => `${shown(name)} sets no flag of kured${nearest(name, [...flags.keys()])}`),
  };
}

/** The sentence for `written`, which should be the name of a flag and isn't. */
function unknownFlag(written: string, name: string): string {
  return `${shown(written)} is no flag of kured 1.15 to 1.23${nearest(name, FLAG_NAMES, "--")}`;
}

export function unknownChartKey(key: string): string {
  return `configuration.${shown(key)} is no key of the kured chart${nearest(key, FLAG_NAMES.map(chartKeyOf), "configuration.")}`;
}

function nearest(name: string, names: readonly string[], prefix = ""): string {
  if (name.length > LONGEST_SLIP) return "";
  const [first] = names.map((one) => ({ one, far: distance(one, name) })).sort((a, b) => a.far - b.far);
  return first !== undefined && first.far <= CLOSE ? `; did you mean ${prefix}${first.one}?` : "";
}

const MOST_SHOWN = 80;

/** What came from outside, on one line and not too long. */
export function shown(text: string): string {
  const line = text.replace(/[\p{Cc}\u2028\u2029]+/gu, " ").trim();
  return line.length > MOST_SHOWN ? `${line.slice(0, MOST_SHOWN)}…` : line;
}
