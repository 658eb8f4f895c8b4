import type { SlackPeople } from "../coordinator/ports.ts";

/** Where there is no Slack to ask, nobody is known to be in a user group, and nobody to have left one. */
export const NO_PEOPLE: SlackPeople = { look: async () => ({ kind: "unreadable", why: "there is no Slack to ask" }) };
