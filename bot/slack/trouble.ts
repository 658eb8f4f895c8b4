/**
 * What a refusal is about; only that is left alone while it lasts. `message`: it is gone, and is posted once again.
 * `moment`: the same call may well do soon.
 */
export type About = "message" | "card" | "channel" | "app" | "moment";

/** A call that Slack refused, as far as it matters for the words. */
export interface Refusal {
  readonly error: string;
  readonly channel?: string | undefined;
  /** The scopes that Slack names with missing_scope. */
  readonly needed?: string | undefined;
  /** Whose refusal it is; the bot's own when not given. */
  readonly token?: "SLACK_BOT_TOKEN" | "SLACK_APP_TOKEN";
}

interface Trouble {
  readonly about: About;
  readonly says: (refusal: Refusal) => string;
}

const tokenOf = ({ token = "SLACK_BOT_TOKEN" }: Refusal): string => token;
const isOfApp = ({ token }: Refusal): boolean => token === "SLACK_APP_TOKEN";
/** Where the app's settings have it, on api.slack.com/apps. */
const placeOf = (refusal: Refusal): string =>
  isOfApp(refusal) ? "Basic Information, App-Level Tokens" : "OAuth & Permissions";

const app = (says: Trouble["says"]): Trouble => ({ about: "app", says });
const channel = (says: string): Trouble => ({
  about: "channel",
  says: (refusal) => `Slack channel ${refusal.channel ?? "of this call"}: ${says}`,
});
const card = (says: string): Trouble => ({ about: "card", says: ({ error }) => `${says} (${error}).` });
const gone: Trouble = { about: "message", says: () => "The message is gone from Slack, and is posted once again." };

const NOT_IN_IT = channel("the app is not in it. Invite it there with /invite.");
const ARCHIVED = channel("it is archived. Unarchive it, or name another channel in the policy.");
const OWN_FAULT = card("Slack does not take the content of a card: this is a fault of Bootswain, please report it");

/** Slack's errors by name (https://docs.slack.dev/reference/methods), with what to do. */
const TROUBLES: Readonly<Record<string, Trouble>> = {
  message_not_found: gone,
  cant_update_message: gone,
  thread_not_found: gone,
  cannot_reply_to_message: gone,

  invalid_blocks: OWN_FAULT,
  invalid_blocks_format: OWN_FAULT,
  msg_blocks_too_long: OWN_FAULT,
  msg_too_long: OWN_FAULT,
  no_text: OWN_FAULT,
  block_mismatch: OWN_FAULT,
  invalid_metadata_format: OWN_FAULT,
  metadata_too_large: OWN_FAULT,
  edit_window_closed: card(
    "The workspace lets messages be edited for a short time only, so cards are posted anew: an admin can allow edits at any time under Settings & Permissions, Message editing",
  ),
  restricted_action_non_threadable_channel: card(
    "The channel takes no replies in threads, so nobody is called when a card needs a person: allow them in the channel's settings",
  ),

  not_in_channel: NOT_IN_IT,
  // Of a private channel that the app is not in, Slack says the same as of one that is not there.
  channel_not_found: channel(
    "there is none with this id, or it is private and the app is not in it. Check the id in the policy, or invite the app there with /invite.",
  ),
  is_archived: ARCHIVED,
  is_inactive: ARCHIVED,
  restricted_action: channel("a setting of the workspace keeps the app from posting. Ask an admin to allow it."),
  restricted_action_read_only_channel: channel("it is read-only. Let the app post there, or name another channel."),
  restricted_action_thread_only_channel: channel(
    "it takes replies in threads only. Name another channel in the policy.",
  ),
  external_channel_migrating: channel("Slack is moving it. Nothing to do: it is tried again."),
  team_access_not_granted: channel("it is of a workspace that the app is not installed in. Install it there."),
  no_permission: NOT_IN_IT,

  invalid_auth: app(
    (refusal) =>
      `Slack refuses ${tokenOf(refusal)} (invalid_auth). Copy it again from ${placeOf(refusal)}; if the workspace allows certain addresses only, allow the bot's.`,
  ),
  token_revoked: app(
    (refusal) =>
      `${tokenOf(refusal)} was revoked. Make a new one under ${placeOf(refusal)}${isOfApp(refusal) ? "" : " by installing the app again"}, and give it to the bot.`,
  ),
  token_expired: app(
    (refusal) => `${tokenOf(refusal)} has expired. Switch token rotation off for the app and install it again.`,
  ),
  account_inactive: app(
    () =>
      "The app was removed from the workspace, or its bot user deactivated (account_inactive). Install it again, and give the bot its new tokens.",
  ),
  not_authed: app((refusal) => `No token reached Slack (not_authed). Set ${tokenOf(refusal)}.`),
  not_allowed_token_type: app(
    (refusal) =>
      `${tokenOf(refusal)} is of the wrong kind (not_allowed_token_type). SLACK_BOT_TOKEN begins with xoxb- and SLACK_APP_TOKEN with xapp-: are they swapped?`,
  ),
  missing_scope: app((refusal) =>
    isOfApp(refusal)
      ? "SLACK_APP_TOKEN lacks the scope connections:write. Make one that has it under Basic Information, App-Level Tokens."
      : `The app lacks the scope ${refusal.needed ?? "for this"}; add it under OAuth & Permissions and install the app again.`,
  ),
  org_login_required: app(() => "The workspace is being moved into an organisation. Nothing to do: it is tried again."),
  team_added_to_org: app(() => "The workspace is being moved into an organisation. Nothing to do: it is tried again."),
  accesslimited: app(
    () => "The workspace does not allow calls from this network (accesslimited). Allow the bot's address.",
  ),
  ekm_access_denied: app(() => "Admins have suspended posting in this workspace (ekm_access_denied). Ask them."),

  link_disabled: app(() => "Socket Mode is switched off for the app. Switch it on in the app's settings, Socket Mode."),
  too_many_websockets: app(
    () => "The app has too many connections already, ten at most. Give each cluster an app of its own.",
  ),
};

/** What nobody answered for: a post may stand there all the same, also after the last two (as Slack's reference says). */
const UNCERTAIN: ReadonlySet<string> = new Set([
  "unanswered",
  "request_timeout",
  "service_unavailable",
  "fatal_error",
  "internal_error",
]);

export const isUncertain = (error: string): boolean => UNCERTAIN.has(error);

/** Slack says it as a status 429, and in the body of some answers. */
export const isRateLimit = (error: string): boolean => error === "ratelimited" || error === "rate_limited";

const troubleOf = (error: string): Trouble | undefined =>
  Object.hasOwn(TROUBLES, error) ? TROUBLES[error] : undefined;

export const aboutOf = (error: string): About => troubleOf(error)?.about ?? "moment";

/** In plain words what is wrong, and what to do. */
export function wordsOf(refusal: Refusal): string {
  const { error } = refusal;
  const trouble = troubleOf(error);
  if (trouble !== undefined) return trouble.says(refusal);
  if (isRateLimit(error)) return "Slack wants fewer calls for a while. Nothing to do: what is newest is sent then.";
  if (error === "unanswered") return "Slack does not answer. Nothing to do: it is tried again.";
  return `Slack answered ${error}. It is tried again.`;
}
