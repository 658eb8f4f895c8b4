import type { SlackPeople } from "../coordinator/ports.ts";

/** Where there is no Slack to ask, nobody is in any user group. */
export const NO_PEOPLE: SlackPeople = { look: async () => ({ kind: "member", groups: [] }) };
