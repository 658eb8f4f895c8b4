import { CST, Lexer } from "yaml";
import { MOST_DEPTH, Nesting } from "./nesting.ts";

type Report = (offset: number, message: string) => void;

/** The lexer's own marks, which stand for no character of the text. */
const MARKS: ReadonlySet<string> = new Set([CST.DOCUMENT, CST.FLOW_END, CST.SCALAR]);

/**
 * What a policy never needs and what could hide its meaning is refused by its mark, before anything is built of it.
 * Answers the text without directives, so that they can't change how the rest is read; null for one that nests too deep.
 */
export function checkTokens(text: string, report: Report): string | null {
  const nesting = new Nesting();
  const directives: number[] = [];
  let offset = 0;
  let lineStart = 0;
  let isScalar = false;
  for (const token of new Lexer().lex(text)) {
    const type = isScalar ? "scalar" : CST.tokenType(token);
    isScalar = token === CST.SCALAR;
    if (!isScalar) nesting.see(type, offset - lineStart);
    if (nesting.depth > MOST_DEPTH) {
      report(offset, `is nested more than ${MOST_DEPTH} levels deep; a policy needs about ten`);
      return null;
    }
    const message = refusal(type, token);
    if (message !== null) report(offset, message);
    if (type === "directive-line") directives.push(offset);
    if (!MARKS.has(token)) offset += token.length;
    if (token.endsWith("\n")) lineStart = offset;
  }
  return withComments(text, directives);
}

function refusal(type: string | null, token: string): string | null {
  switch (type) {
    case "alias":
      return "aliases are not allowed; write the value out";
    case "anchor":
      return "anchors are not allowed; write the value out wherever it is used";
    case "tag":
      return `the tag ${token} is not allowed; put text in quotes, and write anything else as it is`;
    case "directive-line":
      return `the directive ${token.trim()} is not allowed; remove it`;
    default:
      return null;
  }
}

/** Comments of the same length: every place stays where it is. */
function withComments(text: string, offsets: readonly number[]): string {
  let result = "";
  let done = 0;
  for (const offset of offsets) {
    result += `${text.slice(done, offset)}#`;
    done = offset + 1;
  }
  return result + text.slice(done);
}
