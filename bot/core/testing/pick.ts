/** Picks a whole number from 0 up to but not including `count`, each as often. */
export type Pick = (count: number) => number;

export function choose<T>(pick: Pick, first: T, ...others: readonly T[]): T {
  const at = pick(others.length + 1);
  const [chosen = first] = [first, ...others].slice(at, at + 1);
  return chosen;
}

/** Mostly the first: a state in which everything is odd at once shows little. */
export function usually<T>(pick: Pick, usual: T, first: T, ...others: readonly T[]): T {
  return rarely(pick, 15) ? choose(pick, first, ...others) : usual;
}

export const rarely = (pick: Pick, onceIn: number): boolean => pick(onceIn) === onceIn - 1;
