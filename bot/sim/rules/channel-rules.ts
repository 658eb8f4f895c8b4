/** A message of the bot as it was posted; the key goes with it unseen by people. */
interface Said {
  readonly ts: string;
  /** Null for a message of the channel itself. */
  readonly threadTs: string | null;
  readonly key: string;
  /** How many people it calls. */
  readonly pings: number;
}

interface Refused {
  readonly method: string;
  readonly error: string;
  readonly problems: readonly string[];
}

/** What happened in the channel, and what was said to one person alone. */
export type SlackNews =
  | ({ readonly kind: "said" } & Said)
  | { readonly kind: "deleted"; readonly ts: string }
  | ({ readonly kind: "refused" } & Refused)
  | { readonly kind: "told"; readonly user: string; readonly says: string };

/** Cards that need somebody: only these may call people, and only when they are posted or alert in their thread. */
const CALLING = ["approval-", "blocked-", "failed-", "overdue-"];

/** What Slack refuses for what happened meanwhile; each other refusal is a fault of what was sent. */
const OF_THE_MOMENT: ReadonlySet<string> = new Set([
  "already_pinned",
  "cannot_reply_to_message",
  "exchanged_trigger_id",
  "expired_trigger_id",
  "message_not_found",
]);

/** What nobody is told as long as all replicas are of one version. */
const NEVER_SAID = ["Something went wrong here", "I don't know this button", "another version of me", "not of mine"];

/** Rule 13: each card stands in its channel once, alerts are said once, and people are called for what needs them alone. */
export class ChannelRules {
  readonly #broken: (rule: string) => void;
  readonly #cards = new Map<string, string>();
  readonly #lines = new Set<string>();
  readonly #kinds = new Map<string, string>();
  readonly #deleted = new Set<string>();

  constructor(broken: (rule: string) => void) {
    this.#broken = broken;
  }

  see(news: SlackNews): void {
    switch (news.kind) {
      case "said":
        this.#seeSaid(news);
        break;
      case "deleted":
        this.#deleted.add(news.ts);
        break;
      case "refused":
        this.#seeRefused(news);
        break;
      case "told":
        this.#seeTold(news.user, news.says);
        break;
      default:
        news satisfies never;
    }
  }

  #seeSaid({ ts, threadTs, key, pings }: Said): void {
    const [card = ""] = key.split(" ");
    if (card === "") this.#broken(`rule 13: message ${ts} was posted without a key`);
    if (threadTs === null) this.#seeCard(ts, card);
    else this.#seeLine(threadTs, key);
    const about = threadTs === null ? card : (this.#kinds.get(threadTs) ?? "");
    if (pings > 0 && !CALLING.some((start) => about.startsWith(start)))
      this.#broken(`rule 13: message ${ts} of ${about} calls ${pings} people`);
  }

  #seeRefused({ method, error, problems }: Refused): void {
    if (!OF_THE_MOMENT.has(error)) this.#broken(`rule 13: ${method} was refused: ${[error, ...problems].join("; ")}`);
  }

  #seeTold(user: string, says: string): void {
    if (NEVER_SAID.some((words) => says.includes(words))) this.#broken(`rule 13: ${user} was told: ${says}`);
  }

  #seeCard(ts: string, card: string): void {
    const first = this.#cards.get(card);
    if (first !== undefined && !this.#deleted.has(first))
      this.#broken(`rule 13: card ${card} stands there twice, as ${first} and as ${ts}`);
    this.#cards.set(card, ts);
    this.#kinds.set(ts, card);
  }

  #seeLine(threadTs: string, key: string): void {
    const line = `${threadTs} ${key}`;
    if (this.#lines.has(line)) this.#broken(`rule 13: ${key} is said twice in its thread`);
    this.#lines.add(line);
  }
}
