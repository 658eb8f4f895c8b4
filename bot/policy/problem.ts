import { isNode, type LineCounter, type Node, type Document as YamlDocument } from "yaml";

/** One thing that is wrong with a policy, where it stands. */
export interface Problem {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** The keys that lead there, as in pools[0].windows. */
  readonly path: string;
  readonly message: string;
}

export type Path = readonly (string | number)[];

export function formatProblem({ file, line, column, path, message }: Problem): string {
  return `${file}:${line}:${column}: ${path === "" ? "" : `${path}: `}${message}`;
}

export function formatPath(path: Path): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    return text === "" ? key : `${text}.${key}`;
  }, "");
}

/** Collects problems of one file and finds their places. */
export class Problems {
  readonly #file: string;
  readonly #lines: LineCounter;
  readonly #found: Problem[] = [];

  constructor(file: string, lines: LineCounter) {
    this.#file = file;
    this.#lines = lines;
  }

  addAt(offset: number, message: string, path: Path = []): void {
    const { line, col } = this.#lines.linePos(offset);
    // A text that was not parsed has no lines yet.
    this.#found.push({
      file: this.#file,
      line: Math.max(1, line),
      column: Math.max(1, col),
      path: formatPath(path),
      message,
    });
  }

  /** At the key or value of `path`, or at the nearest parent that is there. */
  add(document: YamlDocument, path: Path, message: string): void {
    this.addAt(offsetOf(document, path), message, path);
  }

  /** In the order of their places. */
  sorted(): readonly Problem[] {
    return [...this.#found].sort((a, b) => a.line - b.line || a.column - b.column);
  }
}

function offsetOf(document: YamlDocument, path: Path): number {
  for (let length = path.length; length > 0; length -= 1) {
    const key = keyNode(document, path.slice(0, length));
    if (key !== null) return key.range?.[0] ?? 0;
    const value: unknown = document.getIn(path.slice(0, length), true);
    if (isNode(value)) return value.range?.[0] ?? 0;
  }
  return isNode(document.contents) ? (document.contents.range?.[0] ?? 0) : 0;
}

/** The node of the last key itself, which exists also where the value is null. */
function keyNode(document: YamlDocument, path: Path): Node | null {
  const parent: unknown = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (typeof parent !== "object" || parent === null || !("items" in parent) || !Array.isArray(parent.items))
    return null;
  const last = path.at(-1);
  const pair = parent.items.find((item: unknown) => {
    const key = typeof item === "object" && item !== null && "key" in item ? item.key : undefined;
    return isNode(key) && "value" in key && key.value === last;
  });
  const key = typeof pair === "object" && pair !== null && "key" in pair ? pair.key : undefined;
  return isNode(key) ? key : null;
}
