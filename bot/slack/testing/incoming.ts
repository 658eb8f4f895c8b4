import type { Incoming } from "../bolt/incoming.ts";

/** Hears what it is given to hear, and nothing else. */
export const hearing = (heard: Partial<Incoming>): Incoming => ({
  clicked: () => {},
  written: () => {},
  commanded: async () => "",
  errorsIn: () => null,
  submitted: () => {},
  ...heard,
});
