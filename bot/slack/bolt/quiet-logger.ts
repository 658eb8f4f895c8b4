import { type Logger, LogLevel } from "@slack/web-api";
import type { Log } from "../../coordinator/ports.ts";

const LONGEST = 300;

/** Slack's libraries say a lot; what they call an error goes to our log, the rest nowhere. No message carries a token. */
export function quietLogger(log: Log): Logger {
  const nothing = (): void => {};
  const error = (...said: readonly unknown[]): void => {
    const text = said.map((one) => (one instanceof Error ? one.message : String(one))).join(" ");
    log.warn("slack library", { says: text.replace(/x(?:ox[a-z]|app)-[\w-]+/g, "[token]").slice(0, LONGEST) });
  };
  return {
    debug: nothing,
    info: nothing,
    warn: nothing,
    error,
    setLevel: nothing,
    getLevel: () => LogLevel.ERROR,
    setName: nothing,
  };
}
