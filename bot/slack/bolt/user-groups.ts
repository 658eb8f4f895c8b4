import type { WebClient } from "@slack/web-api";
import type { Log } from "../../coordinator/ports.ts";
import type { Heard } from "../slack-call.ts";
import { wordsOf } from "../trouble.ts";
import { failure } from "./client.ts";
import { kept } from "./kept.ts";
import { patiently } from "./patience.ts";

interface Settings {
  readonly client: WebClient;
  readonly log: Log;
  readonly heard: Heard;
  readonly keepFor: number;
  readonly elapsed: () => number;
}

/** Which of these user groups a user is in, and which could not be read. */
export type UserGroups = (
  user: string,
  among: readonly string[],
) => Promise<{ readonly groups: readonly string[]; readonly unread: readonly string[] }>;

const METHOD = "usergroups.users.list";

/** On usergroups.users.list (scope usergroups:read). In a group that can't be read nobody is. */
export function userGroups({ client, log, heard, ...time }: Settings): UserGroups {
  const failing = new Map<string, string>();
  const usersOf = kept(async (group) => {
    try {
      const { users } = await patiently(() => client.usergroups.users.list({ usergroup: group }));
      failing.delete(group);
      heard({ method: METHOD, channel: null, answer: { ok: true, ts: "" } });
      return new Set(users ?? []);
    } catch (error) {
      const answer = failure(error);
      heard({ method: METHOD, channel: null, answer });
      if (failing.get(group) !== answer.error)
        log.warn("slack user group not read", {
          group,
          error: answer.error,
          says: saysOf(answer.error, answer.needed),
        });
      failing.set(group, answer.error);
      // That is an answer: nobody is in it.
      if (answer.error === "no_such_subteam") return new Set<string>();
      throw error;
    }
  }, time);
  return async (user, among) => {
    const looked = await Promise.all(
      [...new Set(among)].map(async (group) => ({ group, users: await usersOf(group).catch(() => null) })),
    );
    return {
      groups: looked.flatMap(({ group, users }) => (users?.has(user) === true ? [group] : [])),
      unread: looked.flatMap(({ group, users }) => (users === null ? [group] : [])),
    };
  };
}

function saysOf(error: string, needed: string | undefined): string {
  const nobody = "Until it can be read nobody counts as in it.";
  if (error === "no_such_subteam") return `The workspace has no such user group, or it is switched off. ${nobody}`;
  return `${wordsOf({ error, needed: needed ?? "usergroups:read" })} ${nobody}`;
}
