import { distance } from "fastest-levenshtein";

const CLOSE = 3;

/** Longer texts are no slips of a name. */
const LONGEST = 100;

/** Of more names the first are compared, so that thousands of slips take no minutes. */
const MOST_NAMES = 500;

/** The one that was probably meant: a slip away, or the same beginning. Null when none is. */
export function nearest(name: string, names: readonly string[]): string | null {
  if (name.length > LONGEST) return null;
  const wanted = name.toLowerCase();
  let best: { readonly name: string; readonly far: number } | null = null;
  for (const other of names.slice(0, MOST_NAMES)) {
    const far = distance(wanted, other.toLowerCase());
    if (far <= limitOf(wanted, other) && (best === null || far < best.far)) best = { name: other, far };
  }
  return best?.name ?? names.find((other) => isBeginning(wanted, other.toLowerCase())) ?? null;
}

/** Another first letter is rarely a slip. */
const limitOf = (wanted: string, other: string): number =>
  wanted[0] === other[0]?.toLowerCase() ? Math.min(CLOSE, Math.ceil(wanted.length / 2)) : 1;

const isBeginning = (one: string, other: string): boolean =>
  Math.min(one.length, other.length) > CLOSE && (one.startsWith(other) || other.startsWith(one));

/** "; did you mean X?", to follow what was found; empty when none is close. */
export function didYouMean(name: string, names: readonly string[]): string {
  const close = nearest(name, names);
  return close === null ? "" : `; did you mean ${close}?`;
}
