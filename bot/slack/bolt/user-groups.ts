import { WebClient, type WebClientOptions } from "@slack/web-api";
import type { Log, SlackPeople } from "../../coordinator/ports.ts";
import { failure } from "./web-chat.ts";

/** For so long somebody who was taken out of a user group may still decide. */
const KEPT = 5 * 60_000;

interface Settings {
  readonly token: string;
  readonly options: WebClientOptions;
  readonly log: Log;
  /** Milliseconds of elapsed time from an arbitrary start. */
  readonly elapsed?: () => number;
}

interface Known {
  readonly at: number;
  readonly users: Promise<ReadonlySet<string>>;
}

const NOBODY: ReadonlySet<string> = new Set();

/** The port on usergroups.users.list (scope usergroups:read). A look-up that fails counts for nobody, and is not kept. */
export function userGroups({ token, options, log, elapsed = () => performance.now() }: Settings): SlackPeople {
  const client = new WebClient(token, options);
  const known = new Map<string, Known>();
  const failing = new Map<string, string>();

  const lookUp = async (group: string, found: () => boolean): Promise<ReadonlySet<string>> => {
    try {
      const { users } = await client.usergroups.users.list({ usergroup: group });
      failing.delete(group);
      return new Set(users ?? []);
    } catch (error) {
      const { error: why } = failure(error);
      if (found()) known.delete(group);
      if (failing.get(group) !== why) log.warn("slack user group not read", { group, error: why, says: saysOf(why) });
      failing.set(group, why);
      return NOBODY;
    }
  };

  /** Two clicks at once are one call. */
  const usersOf = (group: string): Promise<ReadonlySet<string>> => {
    const last = known.get(group);
    if (last !== undefined && elapsed() - last.at < KEPT) return last.users;
    const entry: Known = { at: elapsed(), users: lookUp(group, () => known.get(group) === entry) };
    known.set(group, entry);
    return entry.users;
  };

  return {
    look: async (user, among) => {
      const found = await Promise.all(
        [...new Set(among)].map(async (group) => ((await usersOf(group)).has(user) ? [group] : [])),
      );
      return { kind: "member", groups: found.flat() };
    },
  };
}

function saysOf(error: string): string {
  const nobody = "Until it can be read nobody counts as in it.";
  if (error === "missing_scope")
    return `The app lacks the scope usergroups:read: add it and install the app again. ${nobody}`;
  if (error === "no_such_subteam") return `The workspace has no such user group, or it is switched off. ${nobody}`;
  return nobody;
}
