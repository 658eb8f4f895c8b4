import { pino } from "pino";
import type { Log } from "../coordinator/ports.ts";

/** JSON lines on standard output, one event name each. */
export function jsonLog(): Log {
  const logger = pino({
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (level) => ({ level }) },
  });
  return {
    info: (event, fields) => logger.info({ event, ...fields }),
    warn: (event, fields) => logger.warn({ event, ...fields }),
  };
}
