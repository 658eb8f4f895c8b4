/** Rows as lines, each column as wide as its widest text; the last one is not padded. */
export function columns(rows: readonly (readonly string[])[], indent: string): readonly string[] {
  const widths = rows.reduce<readonly number[]>(
    (widest, row) => row.map((text, index) => Math.max(widest[index] ?? 0, text.length)),
    [],
  );
  return rows.map((row) => {
    const cells = row.map((text, index) => (index === row.length - 1 ? text : text.padEnd(widths[index] ?? 0)));
    return `${indent}${cells.join("  ")}`.trimEnd();
  });
}
