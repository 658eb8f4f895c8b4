import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { ConnectionProblem, loadConnection } from "../kube/connection.ts";
import { EXIT, UserError } from "../process/exit.ts";

/** Throws UserError when there is no way to an API server. */
export function connectionOf(kubeconfig: string | undefined, context?: string): ReturnType<typeof loadConnection> {
  try {
    return loadConnection(kubeconfig, context);
  } catch (error) {
    if (error instanceof ConnectionProblem) throw new UserError(error.message, EXIT.unreachable, error);
    throw error;
  }
}

/** Where kubectl looks: KUBECONFIG, else ~/.kube/config; undefined where neither is there, as in a pod. */
export function usualKubeconfig(): string | undefined {
  const [first] = (process.env["KUBECONFIG"] ?? "").split(delimiter).filter((path) => path !== "");
  const own = join(homedir(), ".kube/config");
  return first ?? (existsSync(own) ? own : undefined);
}
