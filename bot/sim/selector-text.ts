import type { Requirement } from "./rules/label-selector.ts";

const SET = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/;
const EQUALITY = /^([^\s!=<>]+)\s*(==|=|!=|>|<)\s*(.*)$/;
const OPERATORS: Readonly<Record<string, string>> = { "=": "In", "==": "In", "!=": "NotIn", ">": "Gt", "<": "Lt" };

/** The labelSelector of a request: "a=b", "a!=b", "a in (b,c)", "a notin (b)", "a", "!a", joined by commas. */
export function parseSelectorText(selector: string): readonly Requirement[] {
  return selector
    .split(/,(?![^(]*\))/)
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .map(requirementOf);
}

function requirementOf(part: string): Requirement {
  const [, setKey, setOperator, members] = SET.exec(part) ?? [];
  if (setKey !== undefined) {
    const values = (members ?? "").split(",").map((value) => value.trim());
    return { key: setKey, operator: setOperator === "in" ? "In" : "NotIn", values };
  }
  const [, key, sign, value] = EQUALITY.exec(part) ?? [];
  if (key !== undefined) return { key, operator: OPERATORS[sign ?? ""] ?? "In", values: [(value ?? "").trim()] };
  return part.startsWith("!")
    ? { key: part.slice(1), operator: "DoesNotExist", values: [] }
    : { key: part, operator: "Exists", values: [] };
}
