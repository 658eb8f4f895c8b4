/** Who is in Slack's user groups. */
export interface SlackGroups {
  /** Which of the user groups `among` (their ids) the user is in. Never rejects: what can't be found out is left out. */
  of(user: string, among: readonly string[]): Promise<readonly string[]>;
}

/** Where there is no Slack to ask, nobody is in any. */
export const NO_GROUPS: SlackGroups = { of: async () => [] };
