import type { Block } from "../card.ts";
import { clip } from "../mrkdwn.ts";
import { formatSeen, type Seen } from "./seen.ts";

/** A modal of Block Kit as plain data. */
export type View = Readonly<Record<string, unknown>>;

export const DIALOG_KINDS = ["skip", "force", "pause"] as const;
export type DialogKind = (typeof DIALOG_KINDS)[number];

/** Slack's most for a dialog's title and buttons, an option, and the text under an input. */
const TITLE_MOST = 24;
const OPTION_MOST = 75;
const HINT_MOST = 150;

const plain = (text: string, most: number) => ({ type: "plain_text", text: clip(text, most) });

interface Dialog {
  readonly kind: DialogKind;
  readonly cluster: string;
  readonly title: string;
  readonly submit: string;
  readonly blocks: readonly Block[];
  readonly seen: Seen;
}

export const dialog = ({ kind, cluster, title, submit, blocks, seen }: Dialog): View => ({
  type: "modal",
  callback_id: callbackId(kind, cluster),
  title: plain(title, TITLE_MOST),
  submit: plain(submit, TITLE_MOST),
  close: plain("Cancel", TITLE_MOST),
  private_metadata: formatSeen(seen),
  blocks,
});

/** The cluster is in it, since Slack gives each submission to one of an app's connections. */
const callbackId = (kind: DialogKind, cluster: string): string => `${kind}:${cluster}`.slice(0, 255);

/** Null for a dialog of another cluster, or of another version. */
export const dialogKindOf = (id: string, cluster: string): DialogKind | null =>
  DIALOG_KINDS.find((kind) => callbackId(kind, cluster) === id) ?? null;

interface Input {
  readonly id: string;
  readonly label: string;
  readonly hint?: string;
  readonly isOptional?: boolean;
}

const input = ({ id, label, hint, isOptional }: Input, element: Block): Block => ({
  type: "input",
  block_id: id,
  label: plain(label, HINT_MOST),
  ...(hint === undefined ? {} : { hint: plain(hint, HINT_MOST) }),
  optional: isOptional === true,
  element: { ...element, action_id: id },
});

export const textInput = (parts: Input & { readonly most: number; readonly placeholder: string }): Block =>
  input(parts, {
    type: "plain_text_input",
    max_length: parts.most,
    placeholder: plain(parts.placeholder, HINT_MOST),
  });

export interface Option {
  readonly text: string;
  readonly value: string;
}

const option = ({ text, value }: Option): Block => ({ text: plain(text, OPTION_MOST), value });

/** One of up to 10. */
export const radios = (parts: Input, options: readonly Option[]): Block =>
  input(parts, { type: "radio_buttons", options: options.map(option) });

/** Any of up to 10, all of them at first. */
export const checkboxes = (parts: Input, options: readonly Option[]): Block =>
  input(parts, { type: "checkboxes", options: options.map(option), initial_options: options.map(option) });

/** One of up to 100, the first at first. */
export const select = (parts: Input, options: readonly Option[]): Block =>
  input(parts, {
    type: "static_select",
    options: options.map(option),
    ...(options[0] === undefined ? {} : { initial_option: option(options[0]) }),
  });
