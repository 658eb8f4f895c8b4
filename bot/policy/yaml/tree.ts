import { isAlias, isMap, isNode, isScalar, isSeq, type Node, type Pair, Scalar, type YAMLMap } from "yaml";
import type { Path, Problems } from "../problem.ts";
import { shown } from "../shown.ts";
import type { Places } from "./places.ts";

/** In place of a value that was refused already; no schema takes it. */
const UNREADABLE = Symbol("unreadable");

/** Plain data of a document that nests no deeper than MOST_DEPTH. Mappings have no prototype: every key is the file's own. */
export class TreeReader {
  readonly #places: Places;
  readonly #problems: Problems;

  constructor(places: Places, problems: Problems) {
    this.#places = places;
    this.#problems = problems;
  }

  read(root: Node): unknown {
    this.#places.set([], root.range?.[0] ?? 0, root.range?.[1] ?? 0);
    return this.#value(root, []);
  }

  #value(node: unknown, path: Path): unknown {
    if (node === null || node === undefined) return null;
    if (isTagged(node)) return this.#refused(path);
    if (isScalar(node)) return node.value;
    if (isMap(node)) return this.#mapping(node, path);
    if (isSeq(node)) return node.items.map((item, index) => this.#item(item, [...path, index]));
    // Aliases: nothing else is left.
    return this.#refused(path);
  }

  #refused(path: Path): unknown {
    this.#places.markUnreadable(path);
    return UNREADABLE;
  }

  #item(item: unknown, path: Path): unknown {
    const [start = 0, end = 0] = rangeOf(item) ?? [];
    this.#places.set(path, start, end);
    return this.#value(item, path);
  }

  #mapping(map: YAMLMap, path: Path): unknown {
    const result: Record<string, unknown> = Object.create(null);
    for (const pair of map.items) {
      const name = this.#key(pair, path, result);
      if (name === null) continue;
      const start = rangeOf(pair.key)?.[0] ?? 0;
      this.#places.set([...path, name], start, rangeOf(pair.value)?.[1] ?? start);
      result[name] = this.#value(pair.value, [...path, name]);
    }
    return result;
  }

  /** Null for a key that has no place in the tree. */
  #key({ key }: Pair, path: Path, before: Record<string, unknown>): string | null {
    const offset = rangeOf(key)?.[0] ?? this.#places.offsetOf(path);
    const refuse = (message: string): null => {
      this.#problems.addAt(offset, message, { path });
      return null;
    };
    if (!isScalar(key)) return isAlias(key) ? null : refuse("a key must be text; found a list or a mapping");
    if (key.value === "<<" && key.type === Scalar.PLAIN)
      return refuse("merge keys are not allowed; write the keys out");
    if (key.value === "__proto__") return refuse("__proto__ can't be a key; remove it");
    if (key.value === null) return refuse("a key is missing before the colon");
    const name = String(key.value);
    if (typeof key.value !== "string") refuse(`a key must be text; put ${shown(key.value)} in quotes`);
    if (Object.hasOwn(before, name)) {
      const { line } = this.#places.lineAndColumn(this.#places.offsetOf([...path, name]));
      this.#problems.addAt(offset, `is said twice; line ${line} says it first`, { path: [...path, name] });
      return null;
    }
    return name;
  }
}

/** Refused already, by its mark; what a tag makes of a value is not looked at. */
const isTagged = (node: unknown): boolean => isNode(node) && "tag" in node && node.tag !== undefined;

function rangeOf(node: unknown): readonly number[] | null {
  return isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? (node.range ?? null) : null;
}
