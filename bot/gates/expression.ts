import type { SyntaxNode, Tree } from "@lezer/common";
import { parser } from "@prometheus-io/lezer-promql";

const OPERATORS = { Lss: "<", Lte: "<=", Gtr: ">", Gte: ">=", Eql: "==", Neq: "!=" } as const;
export type Operator = (typeof OPERATORS)[keyof typeof OPERATORS];

/** `left` is the text of an expression that can be asked by itself, `right` is to be shown. */
export interface Comparison {
  readonly left: string;
  readonly operator: Operator;
  readonly right: string;
}

export interface Expression {
  /** What the whole expression compares; null where its outermost operation is another one. */
  readonly comparison: Comparison | null;
  /** The answer has a 0 for what does not hold, instead of leaving it out. */
  readonly saysZero: boolean;
}

/** Prometheus judges whether the text is an expression; here is only asked what it compares. */
export function readExpression(text: string): Expression {
  const tree = parser.parse(text);
  // Prometheus may know more than this grammar. Then a 0 is taken for a no, which keeps nodes where they are.
  if (hasErrors(tree)) return { comparison: null, saysZero: /\bbool\b/i.test(text) };
  const node = outermost(tree.topNode);
  const parts = node === null ? [] : partsOf(node);
  const [left, right] = [parts[0], parts.at(-1)];
  const operator = parts.map(operatorOf).find((one) => one !== null);
  if (node?.name !== "BinaryExpr" || left === undefined || right === undefined || operator === undefined) {
    return { comparison: null, saysZero: false };
  }
  const comparison = { left: sourceOf(left, text), operator, right: sourceOf(right, text).replace(/\s+/g, " ") };
  return { comparison, saysZero: parts.some(({ name }) => name === "BoolModifier") };
}

function hasErrors(tree: Tree): boolean {
  let found = false;
  tree.iterate({
    enter: ({ type }) => {
      found ||= type.isError;
    },
  });
  return found;
}

function outermost(top: SyntaxNode): SyntaxNode | null {
  let node: SyntaxNode | null = top;
  while (node !== null && (node.name === "PromQL" || node.name === "ParenExpr")) node = partsOf(node)[0] ?? null;
  return node;
}

function partsOf(node: SyntaxNode): readonly SyntaxNode[] {
  const parts: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (child.name !== "LineComment") parts.push(child);
  }
  return parts;
}

function operatorOf({ name }: SyntaxNode): Operator | null {
  return isOperator(name) ? OPERATORS[name] : null;
}

const isOperator = (name: string): name is keyof typeof OPERATORS => Object.hasOwn(OPERATORS, name);

const sourceOf = ({ from, to }: SyntaxNode, text: string): string => text.slice(from, to);
