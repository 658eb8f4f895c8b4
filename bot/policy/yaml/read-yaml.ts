import { isScalar, LineCounter, parseAllDocuments, type YAMLParseError, type Document as YamlDocument } from "yaml";
import { Problems } from "../problem.ts";
import { Places } from "./places.ts";
import { checkTokens } from "./tokens.ts";
import { TreeReader } from "./tree.ts";

const MOST_BYTES = 256 * 1024;
const BYTE_ORDER_MARK = "\uFEFF";

/** What no text holds; the YAML library uses some of these as its own marks. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F\uFFFE\uFFFF]/;

/** Said already, by their marks. */
const SAID = new Set(["BAD_ALIAS", "BAD_DIRECTIVE", "TAG_RESOLVE_FAILED"]);

/** The document's structure is whole in spite of these. */
const HARMLESS = new Set([...SAID, "BAD_DQ_ESCAPE"]);

/** What it mostly is. */
const HINTS: ReadonlyMap<string, string> = new Map([["BLOCK_IN_FLOW", "; is a comma missing?"]]);

export interface ReadText {
  /** Undefined when nothing could be read. */
  readonly tree: unknown;
  readonly places: Places;
  readonly problems: Problems;
}

/** YAML as plain data, without aliases, anchors, tags, directives, merge keys, duplicate keys and further documents. */
export function readYaml(given: string, file: string): ReadText {
  const lines = new LineCounter();
  const places = new Places(lines);
  const problems = new Problems(file, places);
  const nothing = { tree: undefined, places, problems };
  if (given.length > MOST_BYTES || Buffer.byteLength(given) > MOST_BYTES) {
    problems.addAt(0, `the policy is larger than ${MOST_BYTES / 1024} KiB`);
    return nothing;
  }
  const text = withoutMark(given, problems);
  countLines(text, lines);
  if (isControlled(text, problems)) return nothing;
  const checked = checkTokens(text, (offset, message) => problems.addAt(offset, message));
  if (checked === null) return nothing;
  const root = rootOf(checked, places, problems);
  if (root === null) return nothing;
  return { tree: new TreeReader(places, problems).read(root), places, problems };
}

function withoutMark(text: string, problems: Problems): string {
  if (!text.startsWith(BYTE_ORDER_MARK)) return text;
  problems.addAt(0, "begins with a byte order mark; save the file as UTF-8 without it");
  return text.slice(1);
}

function countLines(text: string, lines: LineCounter): void {
  lines.addNewLine(0);
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) lines.addNewLine(at + 1);
}

function isControlled(text: string, problems: Problems): boolean {
  const found = CONTROL.exec(text);
  if (found === null) return false;
  const code = found[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
  problems.addAt(found.index, `holds the control character U+${code}; a policy is plain text`);
  return true;
}

/** The first document's contents; further documents and whatever is no YAML are said. */
function rootOf(text: string, places: Places, problems: Problems): YamlDocument["contents"] {
  const documents = parseAllDocuments(text, { uniqueKeys: false, prettyErrors: false, logLevel: "silent" });
  const [document, second] = Array.isArray(documents) ? documents : [];
  if (document === undefined || (isEmpty(document) && second === undefined)) {
    problems.addAt(0, "the policy is empty");
    return null;
  }
  for (const error of document.errors) sayError(error, places, problems);
  if (second !== undefined) problems.addAt(second.range?.[0] ?? 0, "a policy is one document; remove the second one");
  for (const error of second?.errors ?? []) sayError(error, places, problems);
  return document.contents;
}

const isEmpty = ({ contents, errors }: YamlDocument): boolean =>
  errors.length === 0 && (contents === null || (isScalar(contents) && contents.value === null));

function sayError({ code, pos, message }: YAMLParseError, places: Places, problems: Problems): void {
  if (!SAID.has(code)) problems.addAt(pos[0], `is not valid YAML: ${message}${HINTS.get(code) ?? ""}`);
  if (!HARMLESS.has(code)) places.markBroken(pos[0]);
}
