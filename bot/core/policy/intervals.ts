import type { Opening } from "./window.ts";

/** Sorted, with those that touch or overlap made one. */
export function merge(openings: readonly Opening[]): readonly Opening[] {
  const merged: Opening[] = [];
  for (const opening of [...openings].sort((a, b) => a.opens - b.opens)) {
    const last = merged.at(-1);
    if (last !== undefined && opening.opens <= last.closes) {
      merged[merged.length - 1] = { opens: last.opens, closes: Math.max(last.closes, opening.closes) };
    } else {
      merged.push(opening);
    }
  }
  return merged;
}

/** What is left of merged openings without `cuts`. */
export function without(openings: readonly Opening[], cuts: readonly Opening[]): readonly Opening[] {
  return cuts.reduce<readonly Opening[]>(
    (left, cut) =>
      left.flatMap(({ opens, closes }) =>
        [
          { opens, closes: Math.min(closes, cut.opens) },
          { opens: Math.max(opens, cut.closes), closes },
        ].filter((part) => part.opens < part.closes),
      ),
    openings,
  );
}

/** The parts of openings that lie in [from, to). */
export function within(openings: readonly Opening[], from: number, to: number): readonly Opening[] {
  return openings
    .map(({ opens, closes }) => ({ opens: Math.max(opens, from), closes: Math.min(closes, to) }))
    .filter(({ opens, closes }) => opens < closes);
}
