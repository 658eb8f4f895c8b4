import type { Stoppable } from "../../coordinator/ports.ts";

const told = new Set<(why: string) => void>();

/**
 * An acknowledgement on a connection that was just lost rejects into nowhere inside Bolt; that must not end the process. All
 * other rejections that nobody handles end it, as they do without this.
 */
export function hearLostAcks(say: (why: string) => void): Stoppable {
  if (told.size === 0) process.on("unhandledRejection", lost);
  told.add(say);
  return {
    stop: () => {
      told.delete(say);
      if (told.size === 0) process.off("unhandledRejection", lost);
    },
  };
}

function lost(reason: unknown): void {
  if (!isOfSlack(reason)) throw reason;
  for (const say of told) say(reason instanceof Error ? reason.message : String(reason));
}

const isOfSlack = (reason: unknown): boolean =>
  typeof reason === "object" && reason !== null && "code" in reason && String(reason.code).startsWith("slack_");
