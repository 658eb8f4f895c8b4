import { field } from "./field.ts";

/** The workspace that the app is installed in, as auth.test names it. */
export interface Home {
  readonly team: string;
  /** Not null where the app is installed for a whole organisation. */
  readonly organisation: string | null;
}

/** Slackbot says of itself that it is no bot. */
const SLACKBOT = "USLACKBOT";

/**
 * Why a user, as users.info shows one, may not decide; null for a full member of the app's workspace. `is_app_user` says
 * nothing here: it marks people who gave the app a token of their own.
 */
export function whyBarred(user: unknown, home: Home): string | null {
  const is = (key: string): boolean => field(user, key) === true;
  const id = field(user, "id");
  if (typeof id !== "string" || id === "") return UNKNOWN;
  if (is("deleted")) return "your Slack account is deactivated";
  if (is("is_bot") || is("is_workflow_bot") || is("is_connector_bot") || id === SLACKBOT)
    return "only people may decide, and this is a bot";
  if (is("is_stranger") || !isOf(user, home)) return "you are of another workspace than this app";
  if (is("is_restricted") || is("is_ultra_restricted"))
    return "guests may not decide, only full members of the workspace";
  return null;
}

export const UNKNOWN = "Slack knows nobody with your id";

/** In an organisation a user's own team may be the organisation or another of its workspaces; then the list of theirs counts. */
function isOf(user: unknown, { team, organisation }: Home): boolean {
  if (team !== "" && field(user, "team_id") === team) return true;
  const enterprise = field(user, "enterprise_user");
  const teams = field(enterprise, "teams");
  if (team !== "" && Array.isArray(teams) && teams.includes(team)) return true;
  return organisation !== null && field(enterprise, "enterprise_id") === organisation;
}
