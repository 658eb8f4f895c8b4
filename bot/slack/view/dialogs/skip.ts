import { shortHash } from "../../../core/fleet/order.ts";
import { formatDuration, type Instant, wallClock } from "../../../core/instant.ts";
import { instantOf, localDate, plusDays, weekdayOf } from "../../../core/policy/calendar.ts";
import type { Policy, Pool } from "../../../core/policy/policy.ts";
import { nextOpening, openingAt, scheduleOf } from "../../../core/policy/schedule.ts";
import type { FieldErrors, Submission } from "../../deeds.ts";
import { parseUntil } from "../../replies/times.ts";
import type { Block, CardTarget } from "../card.ts";
import { escaped, named, section } from "../mrkdwn.ts";
import { checkboxes, dialog, type Option, radios, select, textInput, type View } from "./dialog.ts";
import type { Seen } from "./seen.ts";

const NODES = "nodes";
const CHOICE = "choice";
const TIME = "time";
const ALL = "all";
/** Slack takes so many check boxes, and so many options to select one of. */
const BOXES_MOST = 10;
const OPTIONS_MOST = 100;
const MORNING = { hour: 9, minute: 0 };

interface Skipping {
  readonly policy: Policy;
  /** Of the nodes; null where none is known. */
  readonly pool: Pool | null;
  readonly targets: readonly CardTarget[];
  readonly seen: Omit<Seen, "targets" | "zone" | "upTo">;
  readonly now: Instant;
}

export function skipDialog({ policy, pool, targets, seen, now }: Skipping): View {
  const zone = policy.timeZone;
  const upTo = pool?.may.skip?.upTo ?? null;
  const limit = upTo === null ? "" : ` At most ${formatDuration(upTo)}: until ${wallClock(now + upTo, zone, now)}.`;
  const choices = choicesOf(policy, pool, now).filter(({ at }) => at > now && (upTo === null || at <= now + upTo));
  const options = choices.map(({ at, what }) => ({
    text: `${wallClock(at, zone, now)}${what === "" ? "" : ` (${what})`}`,
    value: String(at),
  }));
  const isOnly = options.length === 0;
  return dialog({
    kind: "skip",
    cluster: policy.cluster,
    title: "Skip",
    submit: "Skip",
    seen: { ...seen, targets, zone, upTo },
    blocks: [
      section(`${named(targets.map(({ node }) => node))}: nothing is rebooted until then.${escaped(limit)}`),
      ...nodesInput(targets),
      ...(isOnly ? [] : [radios({ id: CHOICE, label: "Until", isOptional: true }, options)]),
      textInput({
        id: TIME,
        label: isOnly ? "Until" : "Or until another time",
        hint: `In ${zone}.${isOnly ? "" : " It goes before the choice above."}`,
        placeholder: "fri 18:00, tomorrow 9am, 2026-12-24 18:00, 3 days",
        most: 100,
        isOptional: true,
      }),
    ],
  });
}

/** Names can be longer than what Slack gives back. */
const optionOf = (node: string): string => shortHash([node]);

function nodesInput(targets: readonly CardTarget[]): readonly Block[] {
  if (targets.length < 2) return [];
  const options: readonly Option[] = targets.map(({ node }) => ({ text: node, value: optionOf(node) }));
  if (options.length <= BOXES_MOST) return [checkboxes({ id: NODES, label: "Nodes" }, options)];
  const all = { text: `All ${options.length} on the card`, value: ALL };
  const hint = "For some of them reply in the card's thread: skip 01, 02 until fri 18:00";
  return [select({ id: NODES, label: "Nodes", hint }, [all, ...options.slice(0, OPTIONS_MOST - 1)])];
}

interface Choice {
  readonly at: Instant;
  readonly what: string;
}

/** Each time once, the earliest first. */
function choicesOf(policy: Policy, pool: Pool | null, now: Instant): readonly Choice[] {
  const zone = policy.timeZone;
  const today = localDate(now, zone);
  const toMonday = 8 - weekdayOf(today);
  const on = (days: number): Instant => instantOf(plusDays(today, days), MORNING, zone);
  const schedule = pool === null ? null : scheduleOf(policy, pool);
  const closes = schedule === null ? null : (openingAt(schedule, now) ?? nextOpening(schedule, now))?.closes;
  const all: readonly Choice[] = [
    { at: on(1), what: "tomorrow" },
    { at: on(toMonday), what: "Monday" },
    ...(closes == null || !Number.isFinite(closes) ? [] : [{ at: closes, what: "the next window is over" }]),
    { at: on(7), what: "in a week" },
  ];
  const first = all.filter(({ at }, index) => all.findIndex((other) => other.at === at) === index);
  return [...first].sort((a, b) => a.at - b.at);
}

export interface SkipAsked {
  readonly until: Instant;
  /** Whether a node of the card is meant. */
  readonly isMeant: (node: string) => boolean;
}

/** What was asked for, or what is wrong with it. */
export function parseSkip(
  { values }: Pick<Submission, "values">,
  { zone, upTo }: Pick<Seen, "zone" | "upTo">,
  now: Instant,
): SkipAsked | { readonly errors: FieldErrors } {
  const typed = values[TIME];
  const chosen = values[CHOICE];
  const isTyped = typeof typed === "string" && typed.trim() !== "";
  const block = isTyped || chosen === undefined ? TIME : CHOICE;
  const bad = (says: string) => ({ errors: { [block]: says } });
  const until = isTyped ? parseUntil(typed, { zone, now }) : chosenTime(chosen, now);
  if (until.kind === "unclear") return bad(until.says);
  if (upTo !== null && until.at > now + upTo)
    return bad(`They may be skipped for ${formatDuration(upTo)} at most: until ${wallClock(now + upTo, zone, now)}.`);
  const nodes = values[NODES];
  if (nodes === undefined) return { until: until.at, isMeant: () => true };
  const meant = new Set(typeof nodes === "string" ? [nodes] : nodes);
  if (meant.size === 0) return { errors: { [NODES]: "Choose a node." } };
  return { until: until.at, isMeant: (node) => meant.has(ALL) || meant.has(optionOf(node)) };
}

function chosenTime(chosen: Submission["values"][string] | undefined, now: Instant): ReturnType<typeof parseUntil> {
  const at = Number(chosen ?? Number.NaN);
  if (!Number.isSafeInteger(at)) return { kind: "unclear", says: "Say until when." };
  return at > now ? { kind: "at", at } : { kind: "unclear", says: "That time is over. Choose a later one." };
}
