/** What a YAML text holds, before anybody knows what it is. */
export type Tree = Readonly<Record<string, unknown>>;

export function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export const treeAt = (value: unknown, ...path: readonly string[]): Tree => {
  const found = at(value, ...path);
  return isTree(found) ? found : {};
};

export const listAt = (value: unknown, ...path: readonly string[]): readonly unknown[] => {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
};

/** Text, and what YAML reads as a number or a boolean, as it would stand on a command line. */
export const textAt = (value: unknown, ...path: readonly string[]): string | null => scalar(at(value, ...path));

export const scalar = (value: unknown): string | null =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : null;

export const scalars = (values: readonly unknown[]): readonly string[] =>
  values.flatMap((value) => scalar(value) ?? []);

function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (isTree(inner) && Object.hasOwn(inner, key) ? inner[key] : undefined),
    value,
  );
}
