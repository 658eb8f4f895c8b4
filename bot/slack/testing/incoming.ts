import type { Incoming } from "../bolt/incoming.ts";

/** Hears what it is given to hear, and nothing else. */
export const hearing = (heard: Partial<Incoming>): Incoming => ({
  clicked: () => undefined,
  written: () => undefined,
  commanded: async () => "",
  errorsIn: () => null,
  submitted: () => undefined,
  ...heard,
});
