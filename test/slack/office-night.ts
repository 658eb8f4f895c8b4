import { onTestFinished } from "vitest";
import { type Duration, SECOND } from "../../bot/core/instant.ts";
import { at, list, text } from "../../bot/sim/rules/world.ts";
import { OPS } from "../../bot/sim/slack/a-workspace.ts";
import type { Message } from "../../bot/sim/slack/message.ts";
import { buttonsOf } from "../../bot/sim/slack/person.ts";
import { Office, type OfficeSettings } from "./office.ts";
import { CONTROL_PLANES, startingCluster } from "./starting-cluster.ts";

interface NightSettings extends OfficeSettings {
  /** How long a host takes to come up; 20 s when it is not given. */
  readonly bootOf?: (node: string) => Duration;
}

/** The starting cluster with its bots up, and what people see of it; ends with its test. */
export class Night {
  readonly office: Office;

  private constructor(office: Office) {
    this.office = office;
  }

  static async begin(
    { bootOf = () => 20 * SECOND, ...settings }: NightSettings,
    bots: readonly string[] = ["a"],
  ): Promise<Night> {
    const office = await Office.open(settings);
    onTestFinished(() => office.close());
    await startingCluster(office, bootOf);
    for (const bot of bots) await office.startBot(bot);
    return new Night(office);
  }

  /** The newest message with this first line, once there is one. */
  async card(headline: RegExp): Promise<Message> {
    await this.office.until(() => this.shown(headline) !== undefined);
    const card = this.shown(headline);
    if (card === undefined) throw new Error(`no card ${headline}; there are ${this.headlines().join(" | ")}`);
    return card;
  }

  /** Presses the button of that verb on what the person sees, and waits for the answer; what they are told. */
  async press(user: string, card: Message, verb: string): Promise<string> {
    const person = this.office.person(user);
    await this.office.done(() =>
      person.click({ channel: OPS, ts: card.ts, actionId: actionOn(card, verb), seen: card }),
    );
    return person.ephemerals().at(-1)?.text ?? "";
  }

  async reply(user: string, card: Message, words: string): Promise<string> {
    const person = this.office.person(user);
    await this.office.done(() => person.reply({ channel: OPS, threadTs: card.ts, text: words }));
    return person.ephemerals().at(-1)?.text ?? "";
  }

  shown(headline: RegExp): Message | undefined {
    return this.office.workspace.messages(OPS).findLast((message) => headline.test(message.text));
  }

  headlines(): readonly string[] {
    return this.office.workspace.messages(OPS).map((message) => message.text.split("\n")[0] ?? "");
  }

  /** What was asked for, oldest first: "approve counted". */
  decisions(): readonly string[] {
    return this.office.cluster.store
      .all("rebootdecisions")
      .map((decision) => `${text(at(decision, "spec", "verb"))} ${text(at(decision, "status", "outcome"))}`);
  }

  holdsOf(node: string): readonly string[] {
    const reboot = this.office.cluster.store.get("nodereboots", node);
    return list(at(reboot, "status", "holds")).map((hold) => text(at(hold, "kind")));
  }

  isRebooted(node: string): boolean {
    const reboot = this.office.cluster.store.get("nodereboots", node);
    return (
      text(at(reboot, "status", "outcome", "kind")) === "rebooted" && text(at(reboot, "status", "phase")) === "waiting"
    );
  }

  controlPlaneIsDone(): Promise<boolean> {
    return this.office.until(() => CONTROL_PLANES.every((node) => this.isRebooted(node)));
  }
}

/** Labels say when; a verb has one button on a card. */
export function actionOn(card: Message, verb: string): string {
  const ids = buttonsOf(card).map(({ button }) => String(button["action_id"]));
  const found = ids.find((id) => id.startsWith(`${verb}:`));
  if (found === undefined) throw new Error(`no button ${verb}; there are ${ids.join(", ")}`);
  return found;
}
