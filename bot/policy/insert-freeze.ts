import { isMap, isScalar, isSeq, type Pair, parseDocument, Scalar, type YAMLMap, type YAMLSeq } from "yaml";
import { blockShape, flowShape, type Shape } from "./yaml/written.ts";

/** Text that comes in at an offset; nothing is ever taken out. */
interface Insertion {
  readonly at: number;
  readonly text: string;
}

type Write = (shape: Shape) => string;

/** A policy's text with one more item in its list of freezes, in the form that the file has; null where that has no place. */
export function insertFreeze(text: string, write: Write): string | null {
  const { contents } = parseDocument(text, { keepSourceTokens: true });
  if (!isMap(contents)) return null;
  const freezes = contents.items.find(({ key }) => isScalar(key) && key.value === "freezes");
  const page = pageOf(text, contents);
  const insertions = freezes === undefined ? aNewKey(page, write) : anotherItem(page, freezes, write);
  return insertions?.reduceRight((rest, { at, text: more }) => rest.slice(0, at) + more + rest.slice(at), text) ?? null;
}

interface Page {
  readonly text: string;
  readonly root: YAMLMap;
  readonly newLine: string;
  readonly isJson: boolean;
}

function pageOf(text: string, root: YAMLMap): Page {
  const isJson = root.flow === true && root.items.every(({ key }) => isScalar(key) && key.type === Scalar.QUOTE_DOUBLE);
  return { text, root, newLine: text.includes("\r\n") ? "\r\n" : "\n", isJson };
}

function anotherItem(page: Page, { value }: Pair, write: Write): readonly Insertion[] | null {
  if (!isSeq(value)) return null;
  return value.flow === true ? anotherInFlow(page, value, write) : anotherInBlock(page, value, write);
}

/** On lines of its own, behind the last item and what stands behind that on its line. */
function anotherInBlock({ text, newLine, isJson }: Page, list: YAMLSeq, write: Write): readonly Insertion[] | null {
  const last = list.items.at(-1);
  const token = list.srcToken?.type === "block-seq" ? list.srcToken.items.findLast(({ value }) => value) : undefined;
  const dash = token?.start.findLast(({ type }) => type === "seq-item-ind")?.offset;
  const begins = startOf(last);
  if (!isMap(last) || dash === undefined || begins === null) return null;
  const indentation = text.slice(lineStart(text, dash), dash);
  const gap = text.slice(dash + 1, begins);
  if (!/^ *$/.test(indentation)) return null;
  const blank = /^ +$/.test(gap) ? gap : " ";
  const shape =
    last.flow === true
      ? flowShape({ isSpaced: text[begins + 1] === " ", isJson })
      : blockShape(newLine, `${indentation} ${blank}`);
  return [asLines(text, lineEnd(text, endOf(last)), newLine, `${indentation}-${blank}${write(shape)}`)];
}

/** In the brackets, behind the last item; on a line of its own where the last one has one. */
function anotherInFlow({ text, newLine, isJson }: Page, list: YAMLSeq, write: Write): readonly Insertion[] | null {
  const [start = 0, closes = 0] = list.range ?? [];
  const last = list.items.at(-1);
  if (last === undefined) return [{ at: start + 1, text: write(flowShape({ isSpaced: true, isJson })) }];
  const begins = startOf(last);
  if (begins === null) return null;
  const item = write(flowShape({ isSpaced: text[begins + 1] === " ", isJson }));
  const ends = endOf(last);
  const indentation = text.slice(lineStart(text, begins), begins);
  if (!/^ *$/.test(indentation)) return [{ at: ends, text: `, ${item}` }];
  const line = lineEnd(text, ends);
  if (line >= closes) return [{ at: ends, text: `,${newLine}${indentation}${item}` }];
  // A comma may stand there already, and a comment behind it.
  const hasComma = /^\s*,/.test(text.slice(ends, closes));
  const comma = hasComma ? [] : [{ at: ends, text: "," }];
  return [...comma, asLines(text, line, newLine, `${indentation}${item}${hasComma ? "," : ""}`)];
}

/** Where a list of freezes is looked for: before what it holds for. */
const FOLLOWING: ReadonlySet<unknown> = new Set(["gates", "defaults", "pools"]);

function aNewKey({ text, root, newLine, isJson }: Page, write: Write): readonly Insertion[] | null {
  const index = root.items.findIndex(({ key }) => isScalar(key) && FOLLOWING.has(key.value));
  const at = startOf(root.items[index]?.key);
  if (at === null) return null;
  const item = write(flowShape({ isSpaced: true, isJson }));
  const indentation = text.slice(lineStart(text, at), at);
  const isFirst = /^ *$/.test(indentation);
  const key = isJson ? '"freezes"' : "freezes";
  if (root.flow === true) {
    return [{ at, text: `${key}: [${item}],${isFirst ? `${newLine}${indentation}` : " "}` }];
  }
  if (!isFirst) return null;
  const above = index === 0 ? 0 : endOf(root.items[index - 1]?.value);
  const begins = withComments(text, lineStart(text, at), above);
  const gap = /\n[ \t]*\r?\n$/.test(text.slice(0, begins)) ? newLine : "";
  return [
    {
      at: begins,
      text: `${indentation}${key}:${newLine}${indentation}  - ${item}${newLine}${gap}`,
    },
  ];
}

/** Comments directly above a key are about it; those above the first key are about the file. */
function withComments(text: string, at: number, above: number): number {
  if (above === 0) return at;
  const before = lineStart(text, Math.max(0, at - 1));
  const isComment = before > above && before < at && /^ *#/.test(text.slice(before, at));
  return isComment ? withComments(text, before, above) : at;
}

/** Behind the end of a line; the file's last line may have none. */
function asLines(text: string, at: number, newLine: string, line: string): Insertion {
  const isAfterNewLine = at === 0 || text[at - 1] === "\n";
  return { at, text: isAfterNewLine ? `${line}${newLine}` : `${newLine}${line}` };
}

const lineStart = (text: string, at: number): number => text.lastIndexOf("\n", at - 1) + 1;

/** The beginning of the next line; the end of the text where there is none. A block text ends there by itself. */
function lineEnd(text: string, at: number): number {
  if (at > 0 && text[at - 1] === "\n") return at;
  const end = text.indexOf("\n", at);
  return end === -1 ? text.length : end + 1;
}

function startOf(node: unknown): number | null {
  return isScalar(node) || isMap(node) || isSeq(node) ? (node.range?.[0] ?? null) : null;
}

/** Where a value's own text ends: a block's range takes in comments and blank lines behind it. */
function endOf(node: unknown): number {
  if (isScalar(node)) return node.range?.[1] ?? 0;
  if (!isMap(node) && !isSeq(node)) return 0;
  if (node.flow === true) return node.range?.[1] ?? 0;
  return endOf(isMap(node) ? node.items.at(-1)?.value : node.items.at(-1));
}
