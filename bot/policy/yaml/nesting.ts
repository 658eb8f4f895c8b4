/** Deeper than any policy: the YAML library nests its calls as the text does. */
export const MOST_DEPTH = 32;

/** How deep a text nests, token by token, without building anything. */
export class Nesting {
  readonly #columns: number[] = [];
  #brackets = 0;
  #isLineOpen = false;

  get depth(): number {
    return this.#columns.length + this.#brackets;
  }

  /** `column` from 0. */
  see(type: string | null, column: number): void {
    switch (type) {
      case "flow-seq-start":
      case "flow-map-start":
        this.#content(column);
        this.#brackets += 1;
        return;
      case "flow-seq-end":
      case "flow-map-end":
        this.#brackets = Math.max(0, this.#brackets - 1);
        return;
      case "flow-error-end":
        this.#brackets = 0;
        return;
      case "newline":
        this.#isLineOpen = true;
        return;
      case "doc-start":
      case "doc-end":
      case "doc-mode":
        this.#columns.length = 0;
        this.#brackets = 0;
        this.#isLineOpen = true;
        return;
      case "space":
      case "comment":
        return;
      case "seq-item-ind":
      case "explicit-key-ind":
      case "map-value-ind":
        this.#content(column, true);
        return;
      default:
        this.#content(column);
    }
  }

  /** Only the first thing in a line, or behind indicators such as "- - ", begins a level by its column. */
  #content(column: number, isIndicator = false): void {
    if (this.#brackets > 0 || !this.#isLineOpen) return;
    while ((this.#columns.at(-1) ?? -1) > column) this.#columns.pop();
    if (this.#columns.at(-1) !== column) this.#columns.push(column);
    this.#isLineOpen = isIndicator;
  }
}
