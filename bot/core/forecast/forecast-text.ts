import { type Instant, wallClock } from "../instant.ts";
import type { Forecast } from "./forecast.ts";

/** The forecast as the end of a sentence that begins with the node's name. */
export function forecastText(found: Forecast, zone: string, now: Instant): string {
  const at = (instant: Instant): string => wallClock(instant, zone, now);
  switch (found.kind) {
    case "under way":
      return `is under way, done by about ${at(found.ends)}`;
    case "starts": {
      const when = found.at <= now ? "now" : at(found.at);
      return `would reboot ${when}${found.ifApproved ? ", if approved" : ""}, done by about ${at(found.ends)}`;
    }
    case "waits":
      return `does not reboot by itself: ${found.why.says}`;
    case "later":
      return "would reboot later than was looked ahead";
    default:
      return found satisfies never;
  }
}
