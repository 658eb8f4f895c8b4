import type { SlackPeople } from "../../coordinator/ports.ts";

/** Everybody is a full member of the workspace, and in no user group. */
export const MEMBERS: SlackPeople = { look: async () => ({ kind: "member", groups: [], unread: [] }) };
