import type { FreezeRequest } from "../coordinator/proposals.ts";
import type { Instant } from "../core/instant.ts";
import { instantOf, localDate, wallTime } from "../core/policy/calendar.ts";
import type { Policy } from "../core/policy/policy.ts";
import type { Problem } from "../core/policy/problem.ts";
import type { Freeze, LocalTime } from "../core/policy/window.ts";
import { insertFreeze } from "./insert-freeze.ts";
import { type Origin, parsePolicy } from "./parse-policy.ts";
import { formatProblem } from "./problem.ts";
import type { Shape } from "./yaml/written.ts";

/** A freeze that is to be added to a policy, whoever asked for it wherever. */
export type WantedFreeze = Omit<FreezeRequest, "id">;

export type FreezeAdded =
  /** The file with one freeze more, and the zone in which its times are written. */
  | { readonly kind: "added"; readonly text: string; readonly zone: string }
  /** Why that can't be done, as a sentence; the file is to stay as it is. */
  | { readonly kind: "problem"; readonly why: string };

const problem = (why: string): FreezeAdded => ({ kind: "problem", why });

/**
 * A policy's text with one freeze more, and each byte that was there before. What came out is read again: it says the old
 * policy and exactly that freeze, or nothing comes out.
 */
export function addFreeze(text: string, wanted: WantedFreeze, file: string): FreezeAdded {
  const origin: Origin = { file, commit: null, subject: null };
  const before = parsePolicy(text, origin);
  if (!before.ok) return problem(`The policy there has problems of its own: ${firstOf(before.problems)}.`);
  const { policy } = before;
  if (policy.cluster !== wanted.cluster)
    return problem(`The policy there is of cluster ${policy.cluster}, and this is ${wanted.cluster}.`);
  const freeze = freezeOf(wanted, policy);
  if (typeof freeze === "string") return problem(freeze);
  if (policy.freezes.some((one) => isSame(one, freeze))) return problem("The policy there has that freeze already.");
  const after = insertFreeze(text, (shape) => freezeText(freeze, shape));
  if (after === null) return problem(`I can't tell where ${file} takes a freeze: write it there by hand.`);
  const read = parsePolicy(after, origin);
  if (!read.ok) return problem(`With that freeze the policy has a problem: ${firstOf(read.problems)}.`);
  const expected = { ...policy, freezes: [...policy.freezes, freeze] };
  if (!isSame(read.policy, expected))
    return problem(`I can't add a freeze to ${file} without changing more of it: write it there by hand.`);
  return { kind: "added", text: after, zone: policy.timeZone };
}

const firstOf = (problems: readonly Problem[]): string => {
  const first = problems.find(({ severity }) => severity === "error") ?? problems[0];
  return first === undefined ? "none that is known" : formatProblem(first);
};

/** As the policy writes it: local times in its zone, to the minute. */
function freezeOf(wanted: WantedFreeze, policy: Policy): Freeze | string {
  const { from, until, pools } = wanted;
  const unknown = pools?.find((pool) => policy.pools.every((one) => one.name !== pool));
  if (unknown !== undefined) return `The policy there has no pool ${unknown}.`;
  const [begins, ends] = [from, until].map((at) => localTime(at, policy.timeZone));
  if (begins === undefined || ends === undefined || begins === null || ends === null)
    return `A policy can't say one of these times in ${policy.timeZone}, since clocks show it twice that day: say one that is an hour off.`;
  return { name: nameOf(wanted), from: begins, to: ends, pools };
}

const NAME_MOST = 100;

/** What people read while nothing moves: why that is, in one line of text as the format takes it. */
function nameOf({ reason, by }: WantedFreeze): string {
  const said = (reason ?? "")
    .replace(/[\p{Cc}\p{Cf}\p{Cn}\p{Cs}\p{Zl}\p{Zp}]+/gu, " ")
    .replace(/ {2,}/g, " ")
    .trim();
  if (said === "") return `asked for by ${by}`;
  const characters = [...said];
  return characters.length <= NAME_MOST ? said : `${characters.slice(0, NAME_MOST).join("").trim()}…`;
}

/** Null for a time that a policy can't say: not a whole minute, or the second one that clocks show in a night. */
function localTime(at: Instant, zone: string): LocalTime | null {
  const [date, time] = [localDate(at, zone), wallTime(at, zone)];
  return instantOf(date, time, zone) === at ? { date, time } : null;
}

/** The freeze as YAML, without the place where it goes. */
function freezeText({ name, from, to, pools }: Freeze, shape: Shape): string {
  const keys: (readonly [string, string])[] = [
    ["name", shape.text(name)],
    ["from", shape.text(timeText(from))],
    ["to", shape.text(timeText(to))],
  ];
  if (pools !== null) keys.push(["pools", `[${pools.map(shape.text).join(", ")}]`]);
  return shape.mapping(keys);
}

const two = (number: number): string => String(number).padStart(2, "0");

const timeText = ({ date, time }: LocalTime): string =>
  `${String(date.year).padStart(4, "0")}-${two(date.month)}-${two(date.day)}T${two(time.hour)}:${two(time.minute)}`;

const isSame = (one: unknown, other: unknown): boolean => plain(one) === plain(other);

/** Both come of the same parser, which makes keys in the same order. */
const plain = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) => (inner instanceof Map ? { entries: [...inner] } : inner));
