import { type Address, parseAddress } from "../http/address.ts";
import type { Metrics } from "../http/metrics.ts";
import { HEALTH, metricsRoute } from "../http/own-routes.ts";
import type { Route } from "../http/route.ts";
import { type RunningServer, serve } from "../http/server.ts";
import { EXIT, UserError } from "../process/exit.ts";

interface ListenAddress extends Address {
  /** As it was given. */
  readonly given: string;
}

/** Null where it was not given. Throws UserError for what is no address. */
export function listenAddress(given: string | undefined): ListenAddress | null {
  if (given === undefined) return null;
  const address = parseAddress(given);
  if (address !== null) return { ...address, given };
  const says = `--listen ${given}: give HOST:PORT, such as 127.0.0.1:9090, or :9090 for all addresses.`;
  throw new UserError(says, EXIT.usage);
}

/** Serves /metrics, /healthz and what else is given; null without an address. */
export async function listenOn(
  address: ListenAddress | null,
  metrics: Metrics,
  more: readonly Route[] = [],
): Promise<RunningServer | null> {
  if (address === null) return null;
  try {
    return await serve(address, [HEALTH, metricsRoute(metrics), ...more]);
  } catch (error) {
    throw new UserError(`--listen ${address.given}: ${whyNot(error)}`, EXIT.unreachable, error);
  }
}

function whyNot(error: unknown): string {
  const code = typeof error === "object" && error !== null ? Reflect.get(error, "code") : undefined;
  switch (code) {
    case "EADDRINUSE":
      return "another process listens there. Stop it, or give another port.";
    case "EACCES":
      return "this user may not listen there. Give a port above 1023.";
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return "this machine has no such address. Give one of its own, or :PORT for all.";
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
