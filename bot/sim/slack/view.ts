import type { SlackBot, SlackTeam } from "./directory.ts";
import { type Fields, isFields, listOf } from "./fields.ts";
import { type Entries, startingEntries, stateValues } from "./form.ts";
import { completeBlocks } from "./message.ts";

/** One view of a modal, as its person has it before them. */
export interface View {
  readonly id: string;
  readonly user: string;
  readonly rootId: string;
  /** The view below it; null for the first one. */
  readonly previousId: string | null;
  /** Another one at each change. */
  readonly hash: string;
  readonly title: string;
  readonly submit: string | null;
  readonly close: string | null;
  readonly blocks: readonly unknown[];
  readonly callbackId: string;
  readonly privateMetadata: string;
  readonly externalId: string;
  readonly notifyOnClose: boolean;
  readonly clearOnClose: boolean;
  readonly entries: Entries;
  /** What the app found wrong in the last submission, by block_id. */
  readonly errors: Readonly<Record<string, string>>;
}

export type ViewPlace = Pick<View, "id" | "user" | "rootId" | "previousId">;

/** The view of a draft that passed the check. `entered` is kept where the draft has the same inputs again. */
export function viewOf(draft: Fields, place: ViewPlace, entered: Entries, nextId: (prefix: string) => string): View {
  const blocks = completeBlocks(listOf(draft["blocks"]), () => nextId("b")).map(withEmoji);
  return {
    ...place,
    hash: nextId("1700000000.h"),
    title: buttonText(draft["title"]) ?? "",
    submit: buttonText(draft["submit"]),
    close: buttonText(draft["close"]),
    blocks,
    callbackId: String(draft["callback_id"] ?? ""),
    privateMetadata: String(draft["private_metadata"] ?? ""),
    externalId: String(draft["external_id"] ?? ""),
    notifyOnClose: draft["notify_on_close"] === true,
    clearOnClose: draft["clear_on_close"] === true,
    entries: startingEntries(blocks, entered),
    errors: {},
  };
}

function buttonText(text: unknown): string | null {
  return isFields(text) ? String(text["text"]) : null;
}

/** Slack gives the plain texts of a view back with `emoji`, which is on unless it was switched off. */
function withEmoji(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withEmoji);
  if (!isFields(value)) return value;
  if (value["type"] === "plain_text") return { emoji: true, ...value };
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withEmoji(inner)]));
}

function plainText(text: string | null) {
  return text === null ? null : { type: "plain_text", text, emoji: true };
}

/** A view as the Web API and the interactions show it; what was entered goes with a submission only. */
export function showView(view: View, team: SlackTeam, bot: SlackBot, isSubmitted = false) {
  return {
    id: view.id,
    team_id: team.id,
    type: "modal",
    blocks: view.blocks,
    private_metadata: view.privateMetadata,
    callback_id: view.callbackId,
    state: { values: isSubmitted ? stateValues(view.blocks, view.entries) : {} },
    hash: view.hash,
    title: plainText(view.title),
    clear_on_close: view.clearOnClose,
    notify_on_close: view.notifyOnClose,
    close: plainText(view.close),
    submit: plainText(view.submit),
    previous_view_id: view.previousId,
    root_view_id: view.rootId,
    app_id: bot.appId,
    external_id: view.externalId,
    app_installed_team_id: team.id,
    bot_id: bot.botId,
  };
}
