import { OPS } from "../../../bot/sim/slack/a-workspace.ts";
import type { Message } from "../../../bot/sim/slack/message.ts";
import { buttonsOf, type Person } from "../../../bot/sim/slack/person.ts";

/** Presses the button of that verb on the card as it stands there now: labels say when, and a verb has one button on a card. */
export async function press(person: Person, card: Message, verb: string): Promise<void> {
  const ids = buttonsOf(card).map(({ button }) => String(button["action_id"]));
  const actionId = ids.find((id) => id.startsWith(`${verb}:`));
  if (actionId === undefined) throw new Error(`no button ${verb}; there are ${ids.join(", ")}`);
  const { acked } = await person.click({ channel: OPS, ts: card.ts, actionId });
  if (!acked) throw new Error(`nobody acknowledged the click on ${verb}`);
}
