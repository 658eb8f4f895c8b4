/** What people do towards the bot, as it comes in from Slack. */

/** Who did it, and where. */
interface Deed {
  readonly user: string;
  readonly channel: string;
  /** By Slack's payload the person is of another workspace than the app. */
  readonly isForeign: boolean;
}

/** A person pressed a button. `seen` names the content of the card that they saw. */
export interface Click extends Deed {
  readonly actionId: string;
  readonly messageTs: string;
  readonly seen: string;
  /** Opens one dialog, within 3 s. */
  readonly triggerId: string;
  /** Tells two clicks on one button apart. */
  readonly actionTs: string;
}

/** A person wrote: in a thread, or to the bot wherever it is. */
export interface Written extends Deed {
  /** As Slack sends it, without the mention of the bot. */
  readonly text: string;
  /** Null for what stands in no thread. */
  readonly threadTs: string | null;
  /** Tells it from all else that is written in the channel. */
  readonly ts: string;
  /** It mentions the bot, or is a command of it: it always gets an answer. */
  readonly isAddressed: boolean;
}

/** A person sent a dialog off. */
export interface Submission extends Pick<Deed, "user" | "isForeign"> {
  readonly callbackId: string;
  readonly privateMetadata: string;
  readonly viewId: string;
  /** By block id: what was typed or chosen; null for what was left empty. */
  readonly values: Readonly<Record<string, string | readonly string[] | null>>;
}

/** By block id, what is wrong with what stands there. */
export type FieldErrors = Readonly<Record<string, string>>;
