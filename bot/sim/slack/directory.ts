export interface SlackUser {
  readonly id: string;
  readonly name: string;
  readonly isBot: boolean;
  readonly deleted: boolean;
  /** A guest. */
  readonly isRestricted: boolean;
  /** A guest of one channel, who is restricted too. */
  readonly isUltraRestricted: boolean;
  /** Somebody of another workspace (Slack Connect) with whom this one shares no channel that the app is in. */
  readonly isStranger: boolean;
  readonly teamId: string;
}

export interface SlackChannel {
  readonly id: string;
  readonly name: string;
  /** User ids; the app hears and writes only where its bot user is one of them. */
  readonly members: readonly string[];
  readonly archived: boolean;
  readonly isPrivate: boolean;
}

/** A user group: `<!subteam^ID>` mentions all of its users. */
export interface SlackGroup {
  readonly id: string;
  readonly handle: string;
  readonly users: readonly string[];
  /** Calls nobody any more. */
  readonly disabled: boolean;
}

export interface SlackTeam {
  readonly id: string;
  readonly name: string;
  readonly domain: string;
}

/** The one installed app and its bot user. */
export interface SlackBot {
  readonly userId: string;
  readonly botId: string;
  readonly appId: string;
  readonly name: string;
}

export const TEAM: SlackTeam = { id: "T0TEAM0001", name: "Harbour", domain: "harbour" };
export const BOT: SlackBot = { userId: "U0BOT00001", botId: "B0BOT00001", appId: "A0APP00001", name: "bootswain" };

export type NewUser = Pick<SlackUser, "id" | "name"> & Partial<SlackUser>;
export type NewGroup = Omit<SlackGroup, "disabled"> & Partial<SlackGroup>;
export type NewChannel = Pick<SlackChannel, "id" | "name" | "members"> & Partial<SlackChannel>;

export function completeUser(user: NewUser, team: SlackTeam): SlackUser {
  const isRestricted = user.isUltraRestricted === true;
  return {
    ...{ isBot: false, deleted: false, isRestricted, isUltraRestricted: false, isStranger: false, teamId: team.id },
    ...user,
  };
}

export function completeChannel(channel: NewChannel): SlackChannel {
  return { archived: false, isPrivate: false, ...channel };
}

export function completeGroup(group: NewGroup): SlackGroup {
  return { disabled: false, ...group };
}

export function botUser(bot: SlackBot, team: SlackTeam): SlackUser {
  return completeUser({ id: bot.userId, name: bot.name, isBot: true }, team);
}

/** Of who was deactivated Slack tells no role any more. */
export function showUser(user: SlackUser) {
  const roles = { is_restricted: user.isRestricted, is_ultra_restricted: user.isUltraRestricted };
  return {
    id: user.id,
    team_id: user.teamId,
    name: user.name,
    real_name: user.name,
    deleted: user.deleted,
    is_bot: user.isBot,
    is_app_user: false,
    is_stranger: user.isStranger,
    ...(user.deleted ? {} : roles),
    profile: { display_name: user.name, real_name: user.name, team: user.teamId },
  };
}

export function showChannel(channel: SlackChannel, bot: SlackBot) {
  return {
    id: channel.id,
    name: channel.name,
    name_normalized: channel.name,
    is_channel: !channel.isPrivate,
    is_group: channel.isPrivate,
    is_private: channel.isPrivate,
    is_archived: channel.archived,
    is_member: channel.members.includes(bot.userId),
    num_members: channel.members.length,
  };
}
