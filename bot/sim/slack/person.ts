import {
  type Carrier,
  clickEnvelope,
  closingEnvelope,
  commandEnvelope,
  type Delivery,
  messageEvents,
  submissionEnvelope,
} from "./envelope.ts";
import { type Fields, isFields, listOf } from "./fields.ts";
import { type Entries, filledEntries, formProblems } from "./form.ts";
import type { Ephemeral, Message } from "./message.ts";
import type { View } from "./view.ts";
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
  /** Where the log goes on after the last view that was asked for. */
  #viewsSeen = 0;

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

  /** A slash command; what its ack says is shown to this person alone. Slack takes none in a thread. */
  async command(typed: {
    readonly channel: string;
    readonly command: string;
    readonly text: string;
    readonly threadTs?: string;
  }): Promise<Delivery> {
    const { channel, threadTs } = typed;
    if (threadTs !== undefined) throw new Error(`${typed.command} is not supported in threads`);
    if (!this.#workspace.scopes.includes("commands")) throw new Error(`${typed.command} is not a valid command`);
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

  /** The modal's view before this person. */
  view(): View | null {
    return this.#workspace.modals.of(this.id);
  }

  /** The first view, opened or changed, that an earlier call has not given yet; waits for it. */
  async nextView(): Promise<View> {
    const { view, index } = await this.#workspace.log.until((event) => {
      const isNews = event.kind === "modal-opened" || event.kind === "modal-changed";
      return isNews && event.view.user === this.id ? event : null;
    }, this.#viewsSeen);
    this.#viewsSeen = index + 1;
    return view;
  }

  /**
   * Fills in inputs, by "block_id/action_id", one of the two, or the label, and sends the form; the app's answer closes the
   * modal or changes it. Rejects where Slack's client sends nothing. Without an ack the modal stays as it is.
   */
  async submit(values: Entries = {}): Promise<Delivery> {
    const { modals } = this.#workspace;
    const view = this.#openView();
    if (view.submit === null) throw new Error(`"${view.title}" has no button to submit it`);
    const filled = modals.enter(view, filledEntries(view.blocks, view.entries, values));
    const problems = formProblems(filled.blocks, filled.entries);
    if (problems.length > 0) throw new Error(`"${view.title}" can't be sent: ${problems.join("; ")}`);
    const delivery = await this.#carrier.deliver(submissionEnvelope(this.#workspace, filled));
    if (delivery.acked) modals.answer(filled, delivery.answer);
    return delivery;
  }

  /** Leaves the view unsent. The app hears of those views only that ask for it. */
  async closeView(): Promise<readonly Delivery[]> {
    const { clearOnClose } = this.#openView();
    const told = this.#workspace.modals.dismiss(this.id).filter((view) => view.notifyOnClose);
    const envelopes = told.map((view) => closingEnvelope(this.#workspace, view, clearOnClose));
    return Promise.all(envelopes.map((envelope) => this.#carrier.deliver(envelope)));
  }

  #openView(): View {
    const view = this.view();
    if (view === null) throw new Error(`${this.id} has no modal open`);
    return view;
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
