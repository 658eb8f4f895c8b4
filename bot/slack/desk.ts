import type { Turn } from "../coordinator/coordinator.ts";
import type { Chat, Clock, DecisionAnswer, Decisions, Log, SlackPeople } from "../coordinator/ports.ts";
import type { Target, Verb } from "../core/fleet/decision.ts";
import type { NodeName } from "../core/fleet/node.ts";
import { shortHash } from "../core/fleet/order.ts";
import { type Duration, type Instant, SECOND } from "../core/instant.ts";
import type { ReferenceStore } from "./references.ts";
import { isCommand, parseReply } from "./replies.ts";
import { parseActionId, type Reference } from "./view/card.ts";
import { escaped } from "./view/mrkdwn.ts";

/** A person pressed a button. `seen` names the content of the card that they saw. */
export interface Click {
  readonly actionId: string;
  readonly user: string;
  readonly channel: string;
  readonly messageTs: string;
  readonly seen: string;
}

/** A person wrote in a thread. */
export interface Written {
  readonly text: string;
  readonly user: string;
  readonly channel: string;
  readonly threadTs: string;
  readonly ts: string;
}

interface Whom {
  readonly channel: string;
  readonly user: string;
  readonly threadTs: string;
}

interface DeskParts {
  readonly clusterName: string;
  readonly decisions: Decisions;
  readonly chat: Chat;
  readonly people: SlackPeople;
  readonly references: ReferenceStore;
  readonly turn: () => Turn | null;
  readonly clock: Clock;
  readonly log: Log;
}

interface Wish {
  /** Where it came from: the same wish delivered twice has the same. */
  readonly source: readonly string[];
  readonly verb: Verb;
  readonly reference: Reference;
  /** Null for all on the card. */
  readonly nodes: readonly NodeName[] | null;
  readonly user: string;
  readonly reason: string | null;
  readonly until: Instant | null;
}

const REMEMBERED_WITHIN: Duration = 2 * SECOND;
const TOO_OLD = "This card is too old to decide on. See the board for what waits now.";
const NOTHING_LEFT = "Nothing on this card waits for a decision. See the board for what does.";
const NOT_READY = "I have just started and don't know the policy yet. Nothing was decided; try again in a minute.";
const FAILED = "Something went wrong here, and I can't say whether this counted. See the board before you try again.";

/** Makes decisions of clicks and replies, and answers privately. Works on every replica: the leader judges. */
export class Desk {
  readonly #parts: DeskParts;

  constructor(parts: DeskParts) {
    this.#parts = parts;
  }

  /** Never rejects, as `written`. */
  clicked(click: Click): Promise<void> {
    const { channel, user, messageTs: threadTs } = click;
    return this.#answer({ channel, user, threadTs }, () => this.#answerTo(click));
  }

  /** Plain talk in a thread, and threads that are not of a card, are nobody's business. */
  written(written: Written): Promise<void> {
    const { channel, user, threadTs } = written;
    return this.#answer({ channel, user, threadTs }, () => this.#replyTo(written));
  }

  async #answer(to: Whom, answer: () => Promise<string | null>): Promise<void> {
    const { log } = this.#parts;
    try {
      const says = await answer().catch((error: unknown) => {
        log.warn("slack decision failed", {
          user: to.user,
          why: error instanceof Error ? error.message : String(error),
        });
        return FAILED;
      });
      if (says !== null) await this.#tell(to, says);
    } catch (error) {
      log.warn("slack answer not delivered", { user: to.user, error: String(error) });
    }
  }

  async #answerTo({ actionId, user, channel, messageTs, seen }: Click): Promise<string> {
    const { verb, cluster } = parseActionId(actionId);
    const { clusterName } = this.#parts;
    if (cluster !== clusterName)
      return `This card is of cluster ${cluster}, and I am the bot of ${clusterName}: two clusters share one Slack app. Give each its own.`;
    const reference = await this.#find(channel, messageTs);
    if (typeof reference === "string") return reference;
    if (verb === "skip") return "To skip, reply in this card's thread: skip until fri 18:00";
    if (verb === "force") return forceHint(reference);
    if (!isPressed(verb)) return "I don't know this button. The card may be from another version of me.";
    if (this.#parts.turn() === null) return NOT_READY;
    const source = ["click", channel, messageTs, seen, verb, user];
    return this.#ask({ source, verb, reference, nodes: null, user, reason: null, until: null });
  }

  async #replyTo({ text, user, channel, threadTs, ts }: Written): Promise<string | null> {
    if (!isCommand(text)) return null;
    const reference = await this.#find(channel, threadTs);
    if (reference === TOO_OLD) return null;
    if (typeof reference === "string") return reference;
    const turn = this.#parts.turn();
    if (turn?.policy === undefined) return NOT_READY;
    const nodes = reference.targets.filter(({ isOver }) => !isOver).map(({ node }) => node);
    const reply = parseReply(text, { nodes, zone: turn.policy.timeZone, now: turn.now });
    if (reply === null) return null;
    if (reply.kind === "unclear") return reply.says;
    return this.#ask({ source: ["reply", channel, ts, user], reference, user, ...reply });
  }

  async #find(channel: string, ts: string): Promise<Reference | string> {
    const found = await this.#lookUp(channel, ts);
    if (found !== null) return found;
    // A message stands in Slack a moment before it is remembered, and people can be quick.
    await new Promise<void>((resolve) => void this.#parts.clock.after(REMEMBERED_WITHIN, resolve));
    return (await this.#lookUp(channel, ts)) ?? TOO_OLD;
  }

  async #lookUp(channel: string, ts: string): Promise<Reference | string | null> {
    const read = await this.#parts.references.read();
    if (!read.ok) return `I can't reach the cluster now (${read.why}). Nothing was decided; try again in a minute.`;
    return read.references.find((one) => one.channel === channel && one.ts === ts) ?? null;
  }

  async #ask({ source, verb, reference, nodes, user, reason, until }: Wish): Promise<string> {
    const meant = reference.targets.filter(({ node, isOver }) => !isOver && (nodes === null || nodes.includes(node)));
    if (meant.length === 0) return NOTHING_LEFT;
    const targets: readonly Target[] = meant.map(({ node, digest }) => ({ node, digest: digestFor(verb, digest) }));
    const groups = await this.#groupsOf(user);
    // A decision is judged once. One that was refused while a group could not be read must not stand for the next click.
    const name = `slack-${shortHash([...source, ...groups])}`;
    const answer = await this.#parts.decisions.ask({
      name,
      verb,
      targets,
      by: { system: "slack", id: user },
      groups,
      reason,
      until,
    });
    this.#parts.log.info("decision from slack", {
      name,
      verb,
      user,
      nodes: meant.map(({ node }) => node),
      answer: answer.kind,
    });
    return sentenceOf(answer);
  }

  async #groupsOf(user: string): Promise<readonly string[]> {
    const { people, turn } = this.#parts;
    const named = [...(turn()?.policy?.groups.values() ?? [])].flatMap(({ slackGroups }) => slackGroups);
    const reading = await people.look(user, [...new Set(named)]);
    return reading.kind === "member" ? [...reading.groups].sort() : [];
  }

  async #tell(to: Whom, says: string): Promise<void> {
    const answer = await this.#parts.chat.tell({ ...to, text: escaped(says) });
    if (!answer.ok) this.#parts.log.warn("slack answer not delivered", { user: to.user, error: answer.error });
  }
}

/** The verbs that need nothing but the click. */
const PRESSED = ["approve", "retry", "move", "release", "withdraw"] as const;

const isPressed = (verb: string): verb is (typeof PRESSED)[number] => PRESSED.some((one) => one === verb);

/** Only a force is bound to what blocks the node. */
const digestFor = (verb: Verb, digest: string): string => (verb === "force" ? digest : digest.replace(/\.[^.]*$/, "."));

const forceHint = ({ targets }: Reference): string =>
  `To force ${targets.map(({ node }) => node).join(", ")}, reply in this card's thread: force <reason>. This deletes the pods that the budget protects; it lifts nothing else.`;

function sentenceOf(answer: DecisionAnswer): string {
  switch (answer.kind) {
    case "judged":
      return answer.judgement.says;
    case "unjudged":
    case "unreachable":
      return answer.why;
    default:
      return answer satisfies never;
  }
}
