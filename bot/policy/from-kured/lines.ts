/** A line of YAML with what to say beside it. */
export interface Line {
  readonly yaml: string;
  readonly note: string;
}

export const line = (yaml: string, note = ""): Line => ({ yaml, note });
export const BLANK: Line = line("");

const WIDEST = 60;
const MOST_COLUMNS = 120;

/** Comments of a block stand below each other; one that has no room stands above its line. */
export function render(lines: readonly Line[]): string {
  return blocks(lines).map(renderBlock).join("\n\n");
}

function blocks(lines: readonly Line[]): readonly (readonly Line[])[] {
  const found: Line[][] = [[]];
  for (const one of lines) {
    if (one.yaml === "" && one.note === "") found.push([]);
    else found.at(-1)?.push(one);
  }
  return found.filter((block) => block.length > 0);
}

function renderBlock(block: readonly Line[]): string {
  const noted = block.filter(({ yaml, note }) => note !== "" && yaml.length <= WIDEST);
  const column = Math.max(0, ...noted.map(({ yaml }) => yaml.length)) + 2;
  return block.map((one) => renderLine(one, column)).join("\n");
}

function renderLine({ yaml, note }: Line, column: number): string {
  if (note === "") return yaml;
  const beside = `${yaml.padEnd(column)}# ${note}`;
  if (yaml.length + 2 <= column && beside.length <= MOST_COLUMNS) return beside;
  const indent = " ".repeat(yaml.search(/\S|$/));
  return `${wrap(note, `${indent}# `)}\n${yaml}`;
}

/** A sentence as lines of a comment, the later ones indented below the first. */
export function wrap(text: string, prefix: string, later: string = prefix): string {
  const lines: string[] = [];
  let current = prefix;
  let isEmpty = true;
  for (const word of text.split(" ")) {
    if (!isEmpty && current.length + 1 + word.length > MOST_COLUMNS) {
      lines.push(current);
      current = later;
      isEmpty = true;
    }
    current += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, current].join("\n");
}

const PLAIN = /^[A-Za-z_][A-Za-z0-9_./-]*$/;
const NOT_TEXT = /^(?:true|false|null)$/i;

/** Text that YAML reads as this very text. */
export const scalar = (text: string): string =>
  PLAIN.test(text) && !NOT_TEXT.test(text) ? text : JSON.stringify(text);

/** { app: "web" }: values in quotes, so that "true" stays a text. */
export function mapping(labels: Readonly<Record<string, string>>): string {
  const entries = Object.entries(labels).map(([key, value]) => `${scalar(key)}: ${JSON.stringify(value)}`);
  return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
}
