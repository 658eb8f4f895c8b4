import { readArguments, readVariables, type Variable } from "./arguments.ts";
import { FLAGS, isFlagName } from "./flags.ts";
import { type KuredSource, USUAL_MOUNTS } from "./source.ts";

/** Words as a shell splits them: quotes hold together, a backslash takes the next character, # begins a comment. */
export function splitWords(text: string): readonly string[] {
  const words: string[] = [];
  const joined = text.replace(/\\\r?\n/g, " ");
  for (const [word] of joined.matchAll(/#[^\n]*|(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*'|["'\\])+/gs))
    if (!word.startsWith("#")) words.push(word.replace(/\\(.)|"((?:[^"\\]|\\.)*)"|'([^']*)'/gs, unquoted));
  return words;
}

function unquoted(_: string, escaped?: string, double?: string, single?: string): string {
  return escaped ?? double?.replace(/\\(["\\$`])/g, "$1") ?? single ?? "";
}

const BEGINS = /^\s*(?:-\s+)?(?:export\s+)?(?:--[a-zA-Z]|KURED_[A-Z_]+=|(?:\S*\/)?kured\s+-)/;

/** Whether the first line that says something is a flag. */
export function isFlagText(text: string): boolean {
  const line = text.split(/\r?\n/).find((one) => one.trim() !== "" && !/^\s*(?:#|\\\s*$)/.test(one));
  return line !== undefined && BEGINS.test(line) && !/^\s*-\s+\[/.test(line);
}

/** A list of flags, one or many on a line, and KURED_NAME=value before them. */
export function readFlagText(text: string, title: string): KuredSource {
  const words = splitWords(text).filter((word) => word !== "-" && word !== "export" && !/^(?:\S*\/)?kured$/.test(word));
  const variables: Variable[] = [];
  const args: string[] = [];
  for (const word of words) {
    const variable = /^(KURED_[A-Z_]+)=(.*)$/s.exec(word);
    if (variable !== null) variables.push({ name: variable[1] ?? "", value: variable[2] ?? "" });
    else if (goesOn(args, word)) args.push(`${args.pop()} ${word}`);
    else args.push(word);
  }
  const read = readArguments(args);
  const fromEnv = readVariables(variables);
  return {
    name: "kured",
    title,
    version: null,
    args: read.given,
    variables: fromEnv.given,
    unknown: [...read.unknown, ...fromEnv.unknown],
    placement: null,
    mounts: USUAL_MOUNTS,
    remarks: [],
  };
}

/** In a list, --message-template-drain=Draining node %s is written without quotes. */
function goesOn(args: readonly string[], word: string): boolean {
  const [, name = ""] = /^--([^=]+)=/.exec(args.at(-1) ?? "") ?? [];
  return !word.startsWith("--") && isFlagName(name) && FLAGS[name].type === "text";
}
