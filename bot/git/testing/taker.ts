import type { PolicyPlace, Reading } from "../reading.ts";

const never = new AbortController().signal;

/** Reads a place as one who puts in force each policy that it brings. */
export function takerOf(place: PolicyPlace): () => Promise<Reading> {
  let inForce: string | null = null;
  return async () => {
    const reading = await place.read(never, () => inForce);
    if (reading.kind === "read" && reading.commit !== null) inForce = reading.commit.id;
    return reading;
  };
}
