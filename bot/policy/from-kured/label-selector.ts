/** One condition of a Kubernetes label selector. `is` and `isNot` hold when the label has one of the values, or none. */
export type Condition =
  | { readonly kind: "is" | "isNot"; readonly key: string; readonly values: readonly string[] }
  | { readonly kind: "exists" | "absent"; readonly key: string };

export type Labels = Readonly<Record<string, string>>;

const KEY = "[A-Za-z0-9](?:[-A-Za-z0-9_./]*[A-Za-z0-9])?";
const VALUE = "[-A-Za-z0-9_.]*";
const CONDITION = new RegExp(
  String.raw`^\s*(?:(?<not>!)?\s*(?<bare>${KEY})|(?<key>${KEY})\s*(?<sign>==|=|!=)\s*(?<value>${VALUE})|(?<setKey>${KEY})\s+(?<verb>in|notin)\s*\((?<set>[^()]*)\))\s*$`,
);

/** Longer than any selector that people write, and short enough to be split in no time. */
const LONGEST = 2_000;

/** "a=b,c in (d,e),!f"; null for what is no selector, or too long. The empty one has no condition and matches everything. */
export function parseSelector(text: string): readonly Condition[] | null {
  if (text.trim() === "") return [];
  if (text.length > LONGEST) return null;
  const conditions: Condition[] = [];
  for (const part of text.split(/,(?![^(]*\))/)) {
    const condition = parseCondition(part);
    if (condition === null) return null;
    conditions.push(condition);
  }
  return conditions;
}

function parseCondition(text: string): Condition | null {
  const groups = CONDITION.exec(text)?.groups;
  if (groups === undefined) return null;
  const { not, bare, key, sign, value, setKey, verb, set } = groups;
  if (bare !== undefined) return { kind: not === undefined ? "exists" : "absent", key: bare };
  if (key !== undefined) return { kind: sign === "!=" ? "isNot" : "is", key, values: [value ?? ""] };
  const values = (set ?? "").split(",").map((one) => one.trim());
  return { kind: verb === "in" ? "is" : "isNot", key: setKey ?? "", values };
}

const MOST = 20;

/**
 * Sets of labels, of which a pod has one whole exactly when the positive conditions hold; null when labels can't say it.
 * `a in (b,c)` is two sets.
 */
export function labelSets(conditions: readonly Condition[]): readonly Labels[] | null {
  let sets: readonly Labels[] = [{}];
  for (const condition of conditions) {
    if (condition.kind !== "is") return null;
    const { key, values } = condition;
    sets = sets.flatMap((set) => (Object.hasOwn(set, key) ? [] : values.map((value) => ({ ...set, [key]: value }))));
    if (sets.length === 0 || sets.length > MOST) return null;
  }
  return sets;
}
