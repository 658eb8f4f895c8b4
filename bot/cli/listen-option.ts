import { parseAddress } from "../http/address.ts";
import type { Metrics } from "../http/metrics.ts";
import { HEALTH, metricsRoute } from "../http/own-routes.ts";
import type { Route } from "../http/route.ts";
import { type RunningServer, serve } from "../http/server.ts";
import { EXIT, UserError } from "../process/exit.ts";

/** Serves /metrics, /healthz and what else is given where `listen` says; null when it was not given. */
export async function listenOn(
  listen: string | undefined,
  metrics: Metrics,
  more: readonly Route[] = [],
): Promise<RunningServer | null> {
  if (listen === undefined) return null;
  const address = parseAddress(listen);
  if (address === null) {
    const says = `--listen ${listen}: give HOST:PORT, such as 127.0.0.1:9090, or :9090 for all addresses.`;
    throw new UserError(says, EXIT.usage);
  }
  try {
    return await serve(address, [HEALTH, metricsRoute(metrics), ...more]);
  } catch (error) {
    throw new UserError(`--listen ${listen}: ${whyNot(error)}`, EXIT.unreachable, error);
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
