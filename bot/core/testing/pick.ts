/** Picks a whole number from 0 up to but not including `count`. */
export type Pick = (count: number) => number;

export function choose<T>(pick: Pick, first: T, ...others: readonly T[]): T {
  const at = pick(others.length + 1);
  const [chosen = first] = [first, ...others].slice(at, at + 1);
  return chosen;
}
