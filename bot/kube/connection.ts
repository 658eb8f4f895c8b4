import { existsSync } from "node:fs";
import { KubeConfig } from "@kubernetes/client-node";
import { listed } from "../core/listed.ts";

/** The way to the API server can't be set up; the message says what to do. */
export class ConnectionProblem extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "ConnectionProblem";
  }
}

const IN_CLUSTER = "/var/run/secrets/kubernetes.io/serviceaccount/token";

/** From a kubeconfig file and a context of it (its current one), or from the pod's service account when no file is given. */
export function loadConnection(kubeconfig: string | undefined, context?: string): KubeConfig {
  const config = new KubeConfig();
  if (kubeconfig === undefined) {
    if (context !== undefined)
      throw new ConnectionProblem(`There is no kubeconfig to find context ${context} in. Give --kubeconfig FILE.`);
    if (!existsSync(IN_CLUSTER)) {
      throw new ConnectionProblem(
        "No cluster to connect to: give --kubeconfig FILE, or run this in a pod with a service account.",
      );
    }
    config.loadFromCluster();
    return config;
  }
  if (!existsSync(kubeconfig)) throw new ConnectionProblem(`There is no kubeconfig ${kubeconfig}. Check --kubeconfig.`);
  try {
    config.loadFromFile(kubeconfig);
  } catch (cause) {
    throw new ConnectionProblem(`The kubeconfig ${kubeconfig} can't be read: ${reasonOf(cause)}.`, cause);
  }
  if (context !== undefined) useContext(config, kubeconfig, context);
  if (config.getCurrentCluster() === null) {
    throw new ConnectionProblem(
      context === undefined
        ? `The kubeconfig ${kubeconfig} names no cluster for its current-context. Set one with kubectl config use-context.`
        : `The kubeconfig ${kubeconfig} names no cluster for its context ${context}.`,
    );
  }
  return config;
}

function useContext(config: KubeConfig, kubeconfig: string, context: string): void {
  if (config.getContextObject(context) === null) {
    const known = config.getContexts().map(({ name }) => name);
    const those = known.length === 0 ? "It has none." : `It has ${listed(known, 10)}.`;
    throw new ConnectionProblem(`The kubeconfig ${kubeconfig} has no context ${context}. ${those}`);
  }
  config.setCurrentContext(context);
}

const reasonOf = (cause: unknown): string =>
  cause instanceof Error ? (cause.message.split("\n")[0] ?? "") : String(cause);
