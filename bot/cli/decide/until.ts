import { type Instant, MINUTE } from "../../core/instant.ts";
import { EXIT, UserError } from "../../process/exit.ts";
import { parseUntil } from "../../slack/replies.ts";

/** A time as people say it, in the policy's zone, as in Slack. On the full minute, so that a length asked for twice in a minute is one time. */
export function untilOf(text: string, zone: string, now: Instant): Instant {
  const until = parseUntil(text, { nodes: [], zone, now });
  if (until === null)
    throw new UserError(
      `"${text}" is no time that I understand. Say --until "fri 18:00", --until 2026-12-04T18:00 or --for 3d.`,
      EXIT.usage,
    );
  if (until <= now) throw new UserError(`"${text}" is over. Say a later time.`, EXIT.usage);
  return Math.ceil(until / MINUTE) * MINUTE;
}
