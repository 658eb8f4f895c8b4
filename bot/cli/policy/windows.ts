import { type Command, InvalidArgumentError, Option } from "commander";
import type { Instant } from "../../core/instant.ts";
import { daysLater, openingText, openingTimes, timeIn } from "../../core/policy/opening-text.ts";
import type { Policy, Pool } from "../../core/policy/policy.ts";
import { openingsBetween, scheduleOf } from "../../core/policy/schedule.ts";
import type { Opening } from "../../core/policy/window.ts";
import { nearest } from "../../policy/nearest.ts";
import { systemClock } from "../../process/clock.ts";
import { EXIT, UserError } from "../../process/exit.ts";
import type { Io } from "../io.ts";
import { goodPolicy } from "./good-policy.ts";

interface Options {
  readonly pool: string;
  readonly from?: string;
  readonly days: number;
  readonly format: "text" | "json";
}

const DAYS_MOST = 3_660;

export function addWindows(parent: Command, io: Io): void {
  parent
    .command("windows")
    .description("when a pool's nodes may go: its windows without its freezes")
    .argument("<file>", "the policy")
    .requiredOption("--pool <name>", "which pool")
    .option("--from <time>", "ISO 8601, in the policy's zone where it names no offset; now when left out")
    .option("--days <n>", "for how many days", dayCount, 14)
    .addOption(new Option("--format <format>", "text or json").choices(["text", "json"]).default("text"))
    .action(async (file: string, options: Options) => {
      const policy = await goodPolicy(file);
      for (const line of windowsOf(policy, options, systemClock.now())) io.print(line);
      io.done(EXIT.fine);
    });
}

/** The lines of the answer. Throws UserError for a pool or a time that is none. */
export function windowsOf(
  policy: Policy,
  { pool: name, from, days, format }: Options,
  now: Instant,
): readonly string[] {
  const pool = policy.pools.find((one) => one.name === name);
  if (pool === undefined) throw new UserError(unknownPool(policy, name), EXIT.usage);
  const start = from === undefined ? now : timeIn(from, policy.timeZone);
  if (start === null) {
    throw new UserError(
      `--from ${from} is no time. Write 2026-11-01, 2026-11-01T22:00 or 2026-11-01T22:00:00Z.`,
      EXIT.usage,
    );
  }
  const openings = openingsBetween(scheduleOf(policy, pool), start, daysLater(start, days, policy.timeZone));
  if (format === "json") return [JSON.stringify(openings.map(openingTimes), null, 2)];
  return asText(policy, pool, openings, days);
}

function asText({ timeZone }: Policy, pool: Pool, openings: readonly Opening[], days: number): readonly string[] {
  if (openings.length === 0) return [`${pool.name} does not open in these ${days} days.`];
  const observed = pool.mode === "observe" ? ["Its mode is observe: its nodes are shown and never rebooted."] : [];
  return [`${pool.name}, in ${timeZone}:`, ...openings.map((opening) => openingText(opening, timeZone)), ...observed];
}

function unknownPool({ pools }: Policy, name: string): string {
  const names = pools.map((pool) => pool.name);
  const near = nearest(name, names);
  const hint = near === null ? "" : ` Did you mean ${near}?`;
  return `The policy has no pool ${name}; it has ${names.join(", ")}.${hint}`;
}

function dayCount(text: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count >= 1 && count <= DAYS_MOST) return count;
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${DAYS_MOST}.`);
}
