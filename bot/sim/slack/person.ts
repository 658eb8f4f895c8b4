import { type Carrier, clickEnvelope, commandEnvelope, type Delivery, messageEvents } from "./envelope.ts";
import { type Fields, isFields, listOf } from "./fields.ts";
import type { Ephemeral, Message } from "./message.ts";
import type { Workspace } from "./workspace.ts";

/** By the button's action id or by what it says. */
export type ButtonChoice = { readonly actionId: string } | { readonly buttonText: string };

export type Click = ButtonChoice & {
  readonly channel: string;
  readonly ts: string;
  /** The message as the person still sees it, when it has been edited since. */
  readonly seen?: Message;
};

export interface Said {
  readonly ts: string;
  /** One for the message, and one more when it calls the bot; none where the bot is no member. */
  readonly deliveries: readonly Delivery[];
  readonly acked: boolean;
}

interface PlacedButton {
  readonly blockId: string;
  readonly button: Fields;
}

/** A user at their Slack client. */
export class Person {
  readonly id: string;
  readonly #workspace: Workspace;
  readonly #carrier: Carrier;
  #ephemeralsSeen = 0;

  constructor(workspace: Workspace, carrier: Carrier, id: string) {
    this.#workspace = workspace;
    this.#carrier = carrier;
    this.id = workspace.user(id).id;
  }

  /** Rejects, with the buttons that there are, when the message shows no such button or several. */
  async click(click: Click): Promise<Delivery> {
    const message = click.seen ?? this.#workspace.message(click.channel, click.ts);
    if (message === null || message.deleted) throw new Error(`no message ${click.ts} in ${click.channel}`);
    const { blockId, button } = buttonOf(message, click);
    const { channel, ts, threadTs } = message;
    const responseUrl = this.#carrier.responseUrl({ channel, user: this.id, ts, threadTs });
    return this.#carrier.deliver(
      clickEnvelope(this.#workspace, { user: this.id, message, blockId, button, responseUrl }),
    );
  }

  /** `text` as Slack sends it: "&lt;" for "<", "<@U1>" for a mention. */
  reply(reply: { readonly channel: string; readonly threadTs: string; readonly text: string }): Promise<Said> {
    return this.#write(reply);
  }

  say(saying: { readonly channel: string; readonly text: string }): Promise<Said> {
    return this.#write(saying);
  }

  /** A slash command; what its ack says is shown to this person alone. */
  async command(typed: {
    readonly channel: string;
    readonly command: string;
    readonly text: string;
  }): Promise<Delivery> {
    const { channel } = typed;
    const responseUrl = this.#carrier.responseUrl({ channel, user: this.id, ts: null, threadTs: null });
    const envelope = commandEnvelope(this.#workspace, { ...typed, user: this.id, responseUrl });
    const delivery = await this.#carrier.deliver(envelope);
    const answer = isFields(delivery.answer) ? delivery.answer : {};
    const text = typeof answer["text"] === "string" ? answer["text"] : undefined;
    if (text !== undefined || answer["blocks"] !== undefined) {
      this.#workspace.whisper({ channel, user: this.id, text, blocks: answer["blocks"] });
    }
    return delivery;
  }

  /** What only this person saw, so far. */
  ephemerals(): readonly Ephemeral[] {
    return this.#workspace.ephemeralsOf(this.id);
  }

  /** The first one that an earlier call has not given yet; waits for it. */
  nextEphemeral(): Promise<Ephemeral> {
    const wanted = this.#ephemeralsSeen;
    this.#ephemeralsSeen += 1;
    return this.#workspace.log.until(() => this.ephemerals()[wanted] ?? null, this.#workspace.log.events.length - 1);
  }

  async #write(saying: { readonly channel: string; readonly text: string; readonly threadTs?: string }): Promise<Said> {
    const message = this.#workspace.say({ ...saying, user: this.id });
    const isHeard = this.#workspace.channel(saying.channel).members.includes(this.#workspace.bot.userId);
    const envelopes = isHeard ? messageEvents(this.#workspace, message) : [];
    const deliveries = await Promise.all(envelopes.map((envelope) => this.#carrier.deliver(envelope)));
    const acked = deliveries.length > 0 && deliveries.every((delivery) => delivery.acked);
    return { ts: message.ts, deliveries, acked };
  }
}

/** The buttons that a message shows, in its order. */
export function buttonsOf(message: Message): readonly PlacedButton[] {
  return message.blocks.flatMap((block) => {
    if (!isFields(block)) return [];
    const elements = block["type"] === "actions" ? listOf(block["elements"]) : [block["accessory"]];
    const buttons = elements.filter(isFields).filter((element) => element["type"] === "button");
    return buttons.map((button) => ({ blockId: String(block["block_id"]), button }));
  });
}

function labelOf({ button }: PlacedButton): string {
  return isFields(button["text"]) ? String(button["text"]["text"]) : "";
}

function buttonOf(message: Message, choice: ButtonChoice): PlacedButton {
  const all = buttonsOf(message);
  const matches =
    "actionId" in choice
      ? all.filter(({ button }) => button["action_id"] === choice.actionId)
      : all.filter((placed) => labelOf(placed) === choice.buttonText);
  const [first, second] = matches;
  if (first !== undefined && second === undefined) return first;
  const wanted = "actionId" in choice ? choice.actionId : choice.buttonText;
  const shown = all.map((placed) => `[${labelOf(placed)}] ${placed.button["action_id"]}`).join(", ") || "none";
  throw new Error(`${matches.length} buttons are "${wanted}"; the message shows: ${shown}`);
}
