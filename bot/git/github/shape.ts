import { webAddress } from "../../core/policy/web-address.ts";
import { GitHubFailed } from "./trouble.ts";

type Fields = Readonly<Record<string, unknown>>;

/** What GitHub sent under these names, one within the other. */
export function within(value: unknown, ...names: readonly string[]): unknown {
  return names.reduce((inner, name) => (isFields(inner) ? inner[name] : undefined), value);
}

/** Rejected with GitHubFailed where it is no text. */
export function textWithin(value: unknown, ...names: readonly string[]): string {
  const text = within(value, ...names);
  if (typeof text !== "string") throw odd(names.join("."));
  return text;
}

export function numberWithin(value: unknown, ...names: readonly string[]): number {
  const number = within(value, ...names);
  if (typeof number !== "number") throw odd(names.join("."));
  return number;
}

export function listWithin(value: unknown, ...names: readonly string[]): readonly unknown[] {
  const list = within(value, ...names);
  if (!Array.isArray(list)) throw odd(names.join(".") || "the list");
  return list;
}

/** It is put into the next URL, so nothing else may be in it. */
export function shaWithin(value: unknown, ...names: readonly string[]): string {
  const sha = textWithin(value, ...names);
  if (!/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(sha)) throw odd(names.join("."));
  return sha;
}

/** Where people may be sent in a browser; null for anything else, such as a script. */
export function pageWithin(value: unknown, ...names: readonly string[]): string | null {
  const text = within(value, ...names);
  return webAddress(typeof text === "string" ? text : null);
}

const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null;

const odd = (what: string): GitHubFailed =>
  new GitHubFailed({
    says: `what answers there is not GitHub's API: it sent JSON in which ${what} is missing, or not what it should be; check --github-api-url`,
    kind: "odd",
  });
