import type { SlackGroups } from "../../slack/slack-groups.ts";
import type { Workspace } from "./workspace.ts";

/** The desk's port straight onto the workspace, without HTTP and without a memory. */
export function simulatedGroups(workspace: Workspace): SlackGroups {
  const isIn = (user: string, group: string): boolean => {
    const answer = workspace.usergroupsUsersList(group);
    return answer.ok && answer.users.includes(user);
  };
  return { of: async (user, among) => among.filter((group) => isIn(user, group)) };
}
