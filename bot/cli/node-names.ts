import type { NodeName } from "../core/fleet/node.ts";
import { listed } from "../core/listed.ts";
import { nearest } from "../policy/nearest.ts";
import { EXIT, UserError } from "../process/exit.ts";

/** Each by its name, or by the end of it ("01") where one node alone ends so. Throws UserError for any other word. */
export function nodesNamed(words: readonly string[], known: readonly NodeName[]): readonly NodeName[] {
  return [...new Set(words.map((word) => nodeNamed(word, known)))];
}

export function nodeNamed(word: string, known: readonly NodeName[]): NodeName {
  if (known.includes(word)) return word;
  const ends = word === "" ? [] : known.filter((name) => name.endsWith(word));
  const [first] = ends;
  if (first !== undefined && ends.length === 1) return first;
  if (ends.length > 1)
    throw new UserError(`${word} could be ${listed(ends)}. Write more of the name. Nothing was done.`, EXIT.usage);
  throw unknownName("node", word, known);
}

/** Says which name was probably meant. */
export function unknownName(what: string, name: string, known: Iterable<string>): UserError {
  const near = nearest(name, [...known]);
  return new UserError(`There is no ${what} ${name}.${near === null ? "" : ` Did you mean ${near}?`}`, EXIT.usage);
}
