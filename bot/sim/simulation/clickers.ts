import { type Duration, MINUTE, SECOND } from "../../core/instant.ts";
import type { WorldClock } from "../clock.ts";
import type { SeededRandom } from "../random.ts";
import type { Deed, Sight } from "../rules/deed-rules.ts";
import { BOT } from "../slack/directory.ts";
import type { Carrier } from "../slack/envelope.ts";
import type { Message } from "../slack/message.ts";
import { buttonsOf, Person } from "../slack/person.ts";
import type { View } from "../slack/view.ts";
import { digestsShown, fillIn } from "./dialogs.ts";
import { CHANNEL } from "./policies.ts";
import type { SimSlack } from "./slack.ts";
import { ACCOUNTS } from "./staff.ts";

interface ClickerParts {
  readonly slack: SimSlack;
  readonly carrier: Carrier;
  readonly clock: WorldClock;
  readonly random: SeededRandom;
  readonly mayForce: boolean;
  /** From then on nobody deletes what stands in the channel, or puts a node off for days. */
  readonly tidyFrom: number;
  readonly did: (deed: Deed) => void;
}

const LOOK_EVERY: Duration = 4 * MINUTE;
/** How long somebody is taken up by what they began. */
const TAKES: Duration = 90 * SECOND;
const LOOKS = 0.35;
/** How likely a button is pressed by somebody who sees it. */
const WISHES: Readonly<Record<string, number>> = {
  approve: 0.4,
  force: 0.3,
  retry: 0.2,
  resume: 0.1,
  move: 0.05,
  release: 0.05,
  look: 0.03,
  now: 0.01,
  skip: 0.01,
  withdraw: 0.01,
  details: 0.01,
  pause: 0.004,
};
/** How likely somebody presses what they have pressed before. */
const AGAIN = 0.15;
const OPENS_DIALOG: ReadonlySet<string> = new Set(["skip", "force", "pause"]);
const BINDS_NOTHING: ReadonlySet<string> = new Set(["look", "details"]);
/** What people say in a thread without wanting anything of the bot. */
const TALK = ["thanks", "is 01 approved?", "don't approve 01", "we approved this on monday", "ok", "skip it? not sure"];

/** Where an older content of a card may still be on somebody's screen. */
const CONTENTS_KEPT = 6;

/** People at their Slack clients: they press what they see, also minutes later, fill dialogs in, and talk. */
export class Clickers {
  readonly #parts: ClickerParts;
  readonly #people: readonly Person[];
  readonly #busyUntil = new Map<string, number>();
  /** What each has pressed, since few press the same twice. */
  readonly #pressed = new Map<string, Set<string>>();
  /** What cards showed before, by ts. */
  readonly #before = new Map<string, readonly Message[]>();

  constructor(parts: ClickerParts) {
    this.#parts = parts;
    const { slack, carrier } = parts;
    this.#people = ACCOUNTS.filter(({ system }) => system === "slack").map(
      ({ id }) => new Person(slack.workspace, carrier, id),
    );
    slack.workspace.log.listen((event) => {
      if (event.kind === "modal-opened") this.#opened(event.view);
      if (event.kind !== "edited") return;
      const contents = [...(this.#before.get(event.previous.ts) ?? []), event.previous];
      this.#before.set(event.previous.ts, contents.slice(-CONTENTS_KEPT));
    });
  }

  start(): void {
    const { clock, random, slack, tidyFrom } = this.#parts;
    clock.after(LOOK_EVERY, () => {
      if (!slack.isDown()) {
        for (const person of this.#people) if (random.chance(LOOKS)) this.#look(person);
        if (random.chance(0.004) && clock.now() < tidyFrom) this.#erase();
      }
      this.start();
    });
  }

  /** In words: to the bot in the channel, by its slash command, or in the thread of some card. */
  write(user: string, { verb, nodes, text }: { verb: string; nodes: readonly string[]; text: string }): void {
    const { slack, random, clock } = this.#parts;
    const person = this.#people.find(({ id }) => id === user);
    if (person === undefined || slack.isDown()) return;
    this.#parts.did({ at: clock.now(), user, verb, nodes, saw: null });
    if (random.chance(0.15)) void person.command({ channel: CHANNEL, command: "/bootswain", text });
    else this.#say(person, text, random.chance(0.4) ? random.pick(this.#cards())?.ts : undefined);
  }

  #look(person: Person): void {
    const { clock, random } = this.#parts;
    if ((this.#busyUntil.get(person.id) ?? 0) > clock.now()) return;
    for (const card of this.#cards()) {
      if (random.chance(0.01)) this.#say(person, random.pick(TALK) ?? "", card.ts);
      const pressed = buttonsOf(card)
        .map(({ button }) => String(button["action_id"]))
        .find((id) => this.#wants(verbOf(id)));
      if (pressed === undefined) continue;
      this.#press(person, card, pressed);
      return;
    }
  }

  #wants(verb: string): boolean {
    const { random, mayForce } = this.#parts;
    return random.chance(WISHES[verb] ?? 0) && (verb !== "force" || mayForce);
  }

  /** The same button of an older content, if that had it. */
  #press(person: Person, card: Message, actionId: string): void {
    const { random, clock, did } = this.#parts;
    const older = random.chance(0.2) ? random.pick(this.#before.get(card.ts) ?? []) : undefined;
    const placedOn = (message: Message) =>
      buttonsOf(message).find(({ button }) => verbOf(String(button["action_id"])) === verbOf(actionId));
    const seen = older !== undefined && placedOn(older) !== undefined ? older : card;
    const placed = placedOn(seen);
    if (placed === undefined) return;
    const verb = verbOf(actionId);
    const pressed = this.#pressed.get(person.id) ?? new Set();
    if (pressed.has(`${card.ts} ${actionId}`) && !random.chance(AGAIN)) return;
    this.#pressed.set(person.id, pressed.add(`${card.ts} ${actionId}`));
    this.#busyUntil.set(person.id, clock.now() + TAKES);
    if (!OPENS_DIALOG.has(verb) && !BINDS_NOTHING.has(verb)) {
      const saw: Sight = { kind: "card", ts: card.ts, content: placed.blockId.split(".")[0] ?? "" };
      did({ at: clock.now(), user: person.id, verb, nodes: null, saw: verb === "resume" ? null : saw });
    }
    void person.click({ channel: CHANNEL, ts: card.ts, actionId: String(placed.button["action_id"]), seen });
  }

  /** Some let a dialog stand for long, and some leave it. */
  #opened({ id, user }: View): void {
    const { clock, random } = this.#parts;
    const person = this.#people.find((one) => one.id === user);
    if (person === undefined || random.chance(0.05)) return;
    const thinking = random.chance(0.1) ? random.between(3, 20) * MINUTE : random.between(3, 60) * SECOND;
    this.#busyUntil.set(user, clock.now() + thinking + TAKES);
    clock.after(thinking, () => {
      const view = person.view();
      if (view?.id === id) this.#submit(person, view);
    });
  }

  #submit(person: Person, view: View): void {
    const { random, clock, did, tidyFrom } = this.#parts;
    const verb = view.callbackId.split(":")[0] ?? "";
    const saw: Sight | null = verb === "pause" ? null : { kind: "dialog", digests: digestsShown(view) };
    did({ at: clock.now(), user: person.id, verb, nodes: null, saw });
    void person.submit(fillIn(view, random, clock.now() < tidyFrom)).then(() => {
      if (person.view()?.id === view.id) void person.closeView();
    });
  }

  #say(person: Person, text: string, threadTs: string | undefined): void {
    if (threadTs === undefined) void person.say({ channel: CHANNEL, text: `<@${BOT.userId}> ${text}` });
    else void person.reply({ channel: CHANNEL, threadTs, text });
  }

  #erase(): void {
    const { slack, random } = this.#parts;
    const card = random.pick(this.#cards());
    if (card !== undefined) slack.workspace.erase(CHANNEL, card.ts);
  }

  /** The bot's own messages in the channel that still have buttons. */
  #cards(): readonly Message[] {
    const messages = this.#parts.slack.workspace.messages(CHANNEL);
    return messages.filter(
      (message) => message.user === BOT.userId && message.threadTs === null && buttonsOf(message).length > 0,
    );
  }
}

const verbOf = (actionId: string): string => actionId.split(":")[0] ?? "";
