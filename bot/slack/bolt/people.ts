import type { WebClientOptions } from "@slack/web-api";
import type { Log, SlackPeople } from "../../coordinator/ports.ts";
import type { PersonReading } from "../../core/fleet/person.ts";
import { type Home, UNKNOWN, whyBarred } from "../membership.ts";
import type { Heard } from "../slack-call.ts";
import { wordsOf } from "../trouble.ts";
import { failure, slackClient } from "./client.ts";
import { kept } from "./kept.ts";
import { patiently } from "./patience.ts";
import { userGroups } from "./user-groups.ts";

interface Settings {
  readonly token: string;
  readonly options: WebClientOptions;
  readonly log: Log;
  readonly heard: Heard;
  /** Milliseconds of elapsed time from an arbitrary start. */
  readonly elapsed: () => number;
  /** Milliseconds: for so long somebody who left, or was taken out of a user group, may still decide; 5 minutes if not given. */
  readonly keepFor?: number;
}

/** Slack's answers for a user that is not there, or not to be seen. */
const NOBODY: ReadonlySet<string> = new Set(["user_not_found", "users_not_found", "user_not_visible"]);

/** The port on users.info (scope users:read) and usergroups.users.list. */
export function slackPeople({ token, options, log, heard, elapsed, keepFor = 5 * 60_000 }: Settings): SlackPeople {
  const client = slackClient(token, options);
  const time = { keepFor, elapsed };
  const groupsOf = userGroups({ client, log, heard, ...time });
  const told = async <Found>(method: string, call: () => Promise<Found>): Promise<Found> => {
    try {
      const found = await patiently(call);
      heard({ method, channel: null, answer: { ok: true, ts: "" } });
      return found;
    } catch (error) {
      heard({ method, channel: null, answer: failure(error) });
      throw error;
    }
  };
  // An app does not move to another workspace; a token for another means another process.
  const homeOf = kept<Home>(
    async () => {
      const { team_id, enterprise_id, is_enterprise_install } = await told("auth.test", () => client.auth.test());
      const isOrganisation = is_enterprise_install === true && typeof enterprise_id === "string";
      return { team: team_id ?? "", organisation: isOrganisation ? enterprise_id : null };
    },
    { keepFor: Number.POSITIVE_INFINITY, elapsed },
  );
  /** Why not, or null. */
  const barred = kept(async (user) => {
    const home = await homeOf("");
    try {
      return whyBarred((await told("users.info", () => client.users.info({ user }))).user, home);
    } catch (error) {
      if (NOBODY.has(failure(error).error)) return UNKNOWN;
      throw error;
    }
  }, time);
  return {
    look: async (user, among): Promise<PersonReading> => {
      try {
        const [why, found] = await Promise.all([barred(user), groupsOf(user, among)]);
        return why === null ? { kind: "member", ...found } : { kind: "barred", why };
      } catch (error) {
        const { error: name, needed = "users:read" } = failure(error);
        return { kind: "unreadable", why: wordsOf({ error: name, needed }) };
      }
    },
  };
}
