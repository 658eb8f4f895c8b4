import type { LineCounter } from "yaml";

export type Path = readonly (string | number)[];

interface Range {
  readonly start: number;
  readonly end: number;
}

/** Where each key and list item of a policy's text stands. */
export class Places {
  readonly #lines: LineCounter;
  readonly #ranges = new Map<string, Range>();
  readonly #unreadable = new Set<string>();
  #brokenFrom = Number.POSITIVE_INFINITY;

  constructor(lines: LineCounter) {
    this.#lines = lines;
  }

  /** `start` is the key's, where there is one; `end` the value's. */
  set(path: Path, start: number, end: number): void {
    this.#ranges.set(JSON.stringify(path), { start, end });
  }

  /** What stands there was refused already: nothing else is said of it. */
  markUnreadable(path: Path): void {
    this.#unreadable.add(JSON.stringify(path));
  }

  /** From here on the text is no YAML, so that nobody knows what it means or what is missing. */
  markBroken(offset: number): void {
    this.#brokenFrom = Math.min(this.#brokenFrom, offset);
  }

  isBroken(): boolean {
    return this.#brokenFrom !== Number.POSITIVE_INFINITY;
  }

  isSilent(path: Path): boolean {
    for (let length = 0; length <= path.length; length += 1)
      if (this.#unreadable.has(JSON.stringify(path.slice(0, length)))) return true;
    if (!this.isBroken()) return false;
    const range = this.#ranges.get(JSON.stringify(path));
    return range === undefined || range.end >= this.#brokenFrom;
  }

  has(path: Path): boolean {
    return this.#ranges.has(JSON.stringify(path));
  }

  /** Of the path or of the nearest parent that is there. */
  offsetOf(path: Path): number {
    for (let length = path.length; length >= 0; length -= 1) {
      const range = this.#ranges.get(JSON.stringify(path.slice(0, length)));
      if (range !== undefined) return range.start;
    }
    return 0;
  }

  /** Both from 1; a text that was not parsed has no lines yet. */
  lineAndColumn(offset: number): { readonly line: number; readonly column: number } {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }
}
