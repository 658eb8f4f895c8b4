import type { SlackPeople } from "../../coordinator/ports.ts";
import type { Workspace } from "./workspace.ts";

/** The desk's port straight onto the workspace, without HTTP and without a memory. */
export function simulatedGroups(workspace: Workspace): SlackPeople {
  const isIn = (user: string, group: string): boolean => {
    const answer = workspace.usergroupsUsersList(group);
    return answer.ok && answer.users.includes(user);
  };
  return { look: async (user, among) => ({ kind: "member", groups: among.filter((group) => isIn(user, group)) }) };
}
