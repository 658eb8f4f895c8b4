import type { NodeName } from "../../core/fleet/node.ts";
import { bare, nextWord } from "./words.ts";

/** What a word says about nodes: `unknown` looks like the name of one and is none, `other` is no name at all. */
export type Naming =
  | { readonly kind: "node"; readonly node: NodeName }
  | { readonly kind: "all" }
  | { readonly kind: "several"; readonly nodes: readonly NodeName[] }
  | { readonly kind: "unknown" }
  | { readonly kind: "other" };

const ALL = new Set(["all", "everything", "both", "it", "this", "these", "them"]);
export const CONNECTORS: ReadonlySet<string> = new Set(["and", "&", "+"]);

/** By its name, by the end of one ("01", "kuber01"), or by its first label ("ip-10-0-0-1"). */
export function nodeBy(word: string, all: readonly NodeName[]): Naming {
  const exact = all.find((node) => node.toLowerCase() === word);
  if (exact !== undefined) return { kind: "node", node: exact };
  if (ALL.has(word)) return { kind: word === "both" && all.length !== 2 ? "other" : "all" };
  const found = /\d/.test(word) ? all.filter((node) => isPartOf(word, node.toLowerCase())) : [];
  const [first] = found;
  if (first !== undefined)
    return found.length === 1 ? { kind: "node", node: first } : { kind: "several", nodes: found };
  return looksLikeNode(word, all) ? { kind: "unknown" } : { kind: "other" };
}

/** At its end only a whole part: "2" is not the end of "kuber12", and "1" not that of "kuber01". */
function isPartOf(word: string, node: string): boolean {
  if (node.startsWith(`${word}.`)) return true;
  const [name = ""] = node.split(".");
  return [name, node].some((text) => {
    if (!text.endsWith(word)) return false;
    const seam = text.slice(0, text.length - word.length).slice(-1) + word.slice(0, 1);
    return !/^\d\d$/.test(seam) && !/^[a-z][a-z]$/.test(seam);
  });
}

/** A number alone, or one with the same letters before it as a node has: a slip must not mean all of them, nor be a reason. */
function looksLikeNode(word: string, all: readonly NodeName[]): boolean {
  if (/^[a-z]*-?\d+$/.test(word)) return true;
  const stem = (name: string): string => /^\D*/.exec(name.toLowerCase())?.[0] ?? "";
  return /\d/.test(word) && stem(word) !== "" && all.some((node) => stem(node) === stem(word));
}

/** The nodes that a text begins with. `named` is null where none is; a word that may be one or several nodes ends it. */
export interface Taken {
  readonly named: readonly NodeName[] | "all" | null;
  readonly trouble: { readonly word: string; readonly among: readonly NodeName[] } | null;
  readonly rest: string;
}

export function takeNodes(text: string, all: readonly NodeName[]): Taken {
  const named = new Set<NodeName>();
  let isAll = false;
  let rest = text;
  const taken = (trouble: Taken["trouble"]): Taken => ({
    named: isAll ? "all" : named.size === 0 ? null : [...named],
    trouble,
    rest,
  });
  for (;;) {
    const next = nextWord(rest);
    if (next === null) return taken(null);
    const word = bare(next.word).replace(/:$/, "");
    const naming = nodeBy(word, all);
    if (naming.kind === "several" || naming.kind === "unknown")
      return taken({ word, among: naming.kind === "several" ? naming.nodes : [] });
    const isNamed = named.size > 0 || isAll;
    const isJoined = CONNECTORS.has(word) && isNamed && isNode(next.rest, all);
    // "force 01 it must go": what follows a name is no name any more.
    if ((naming.kind === "other" && !isJoined) || (naming.kind === "all" && isNamed)) return taken(null);
    if (naming.kind === "all") isAll = true;
    if (naming.kind === "node") named.add(naming.node);
    // "force 01: because" has no node behind the colon.
    const ends = next.word.endsWith(":");
    rest = ends ? `: ${next.rest}` : next.rest;
    if (ends) return taken(null);
  }
}

function isNode(text: string, all: readonly NodeName[]): boolean {
  const next = nextWord(text);
  return next !== null && nodeBy(bare(next.word).replace(/:$/, ""), all).kind !== "other";
}
