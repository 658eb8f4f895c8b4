import type { Instant, Log } from "./ports.ts";

export interface LogSettings {
  readonly write: (line: string) => void;
  readonly now: () => Instant;
  /** Carried by each line. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** One JSON object a line. */
export function createLog(settings: LogSettings): Log {
  const line = (level: string, event: string, fields: Readonly<Record<string, unknown>> = {}): void => {
    const time = new Date(settings.now()).toISOString();
    settings.write(`${JSON.stringify({ time, level, event, ...settings.fields, ...fields })}\n`);
  };
  return {
    info: (event, fields) => line("info", event, fields),
    warn: (event, fields) => line("warn", event, fields),
  };
}
