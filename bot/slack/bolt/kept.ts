interface Kept<Found> {
  readonly at: number;
  readonly found: Promise<Found>;
}

/** Milliseconds. */
interface Time {
  readonly keepFor: number;
  /** Of elapsed time, from an arbitrary start. */
  readonly elapsed: () => number;
}

/**
 * Believes what was looked up for a while. Two who ask at once are one look-up; one that failed is not kept, and neither does
 * it make anything be believed for longer.
 */
export function kept<Found>(
  lookUp: (id: string) => Promise<Found>,
  { keepFor, elapsed }: Time,
): (id: string) => Promise<Found> {
  const known = new Map<string, Kept<Found>>();
  return (id) => {
    for (const [old, { at }] of known) if (elapsed() - at >= keepFor) known.delete(old);
    const last = known.get(id);
    if (last !== undefined) return last.found;
    const entry = { at: elapsed(), found: lookUp(id) };
    known.set(id, entry);
    entry.found.catch(() => {
      if (known.get(id) === entry) known.delete(id);
    });
    return entry.found;
  };
}
