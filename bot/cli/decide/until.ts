import { type Instant, MINUTE } from "../../core/instant.ts";
import { EXIT, UserError } from "../../process/exit.ts";
import { parseUntil } from "../../slack/replies/times.ts";

/** A time as people say it, in the policy's zone, as in Slack. On the full minute, so that a length asked for twice in a minute is one time. */
export function untilOf(text: string, zone: string, now: Instant): Instant {
  const until = parseUntil(text, { zone, now });
  if (until.kind === "unclear") throw new UserError(`"${text}": ${until.says}`, EXIT.usage);
  return Math.ceil(until.at / MINUTE) * MINUTE;
}
