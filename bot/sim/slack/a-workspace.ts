import type { WorkspaceOptions } from "./conversations.ts";
import { BOT } from "./directory.ts";
import { Workspace } from "./workspace.ts";

export const ANA = "U0ANA00001";
export const BEN = "U0BEN00001";
/** The channel with both people and the bot in it. */
export const OPS = "C0OPS00001";
export const OPERATORS = "S0OPERATOR";
/** The time at which its clock stands if none is given. */
export const START = 1_700_000_000_000;

/** Two people and the bot in one channel. */
export function aWorkspace(changes: Partial<WorkspaceOptions> = {}): Workspace {
  return new Workspace({
    now: () => START,
    users: [
      { id: ANA, name: "ana" },
      { id: BEN, name: "ben" },
    ],
    channels: [{ id: OPS, name: "ops", members: [ANA, BEN, BOT.userId] }],
    groups: [{ id: OPERATORS, handle: "operators", users: [ANA] }],
    ...changes,
  });
}

export function aSection(text: string) {
  return { type: "section", text: { type: "mrkdwn", text } };
}

export function aButton(label: string, actionId: string, value = "id-1") {
  return { type: "button", text: { type: "plain_text", text: label }, action_id: actionId, value };
}

export function someActions(...elements: readonly object[]) {
  return { type: "actions", elements };
}
