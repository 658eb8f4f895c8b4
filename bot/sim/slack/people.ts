import type { SlackPeople } from "../../coordinator/ports.ts";
import type { PersonReading } from "../../core/fleet/person.ts";
import { UNKNOWN, whyBarred } from "../../slack/membership.ts";
import type { Workspace } from "./workspace.ts";

/** The desk's port straight onto the workspace, without HTTP and without a memory. */
export function simulatedPeople(workspace: Workspace): SlackPeople {
  const home = { team: workspace.team.id, organisation: null };
  const isIn = (user: string, group: string): boolean => {
    const answer = workspace.usergroupsUsersList(group);
    return answer.ok && answer.users.includes(user);
  };
  return {
    look: async (user, among): Promise<PersonReading> => {
      const answer = workspace.usersInfo(user);
      const why = answer.ok ? whyBarred(answer.user, home) : UNKNOWN;
      return why === null
        ? { kind: "member", groups: among.filter((group) => isIn(user, group)), unread: [] }
        : { kind: "barred", why };
    },
  };
}
