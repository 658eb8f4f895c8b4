import type { Answer, Api, Call, Resource, WatchEvent } from "../../bot/coordinator/ports.ts";

/** What a case may do to a cluster, real or simulated. Everything else goes through `api`, which is what is compared. */
export interface ContractWorld {
  readonly api: Api;
  readonly namespace: string;
  /** A Ready node under its kubelet. */
  addNode(name: string): Promise<void>;
  /** A pod that no controller made; on a node it comes to run, and to be ready unless it never is. */
  addPod(pod: {
    readonly name: string;
    readonly app: string;
    readonly node?: string;
    readonly neverReady?: true;
  }): Promise<void>;
  /** A deployment whose pods carry the label app=NAME. */
  deploy(name: string, replicas: number): Promise<void>;
  addBudget(budget: { readonly name: string; readonly app: string; readonly minAvailable: number }): Promise<void>;
  /** The disruption controller stands still, so that a changed budget is not judged, until the returned call. */
  holdDisruptionController(): Promise<() => void>;
  /** The namespace begins to end; what finalizers keep stays in it. */
  endNamespace(): Promise<void>;
  /** A version whose history is gone. */
  expiredVersion(): Promise<string>;
  /** Resolves when a look at the cluster says so; fails after a time that is long for this world. */
  until(isSo: () => Promise<boolean>): Promise<void>;
  /** The events of a watch until `isEnough`; its end, when that comes first. */
  watch(
    call: {
      readonly resource: Resource;
      readonly namespace?: string;
      readonly fieldSelector?: string;
      readonly labelSelector?: string;
      readonly resourceVersion: string;
    },
    isEnough: (events: readonly WatchEvent[]) => boolean,
  ): Promise<{ readonly events: readonly WatchEvent[]; readonly end: string | null }>;
}

const DEADLINE = 20_000;

/** The answer's code and body; an unanswered call fails the case. */
export async function ask(world: ContractWorld, call: Call): Promise<Answer & { readonly kind: "answered" }> {
  const answer = await world.api.call(call, DEADLINE);
  if (answer.kind === "unanswered") throw new Error(`${call.verb} ${call.resource} was not answered: ${answer.why}`);
  return answer;
}

/** Reads a path of keys; undefined where it ends early. */
export function at(object: unknown, ...keys: readonly (string | number)[]): unknown {
  return keys.reduce<unknown>(
    (value, key) => (typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined),
    object,
  );
}

export const text = (value: unknown): string => (typeof value === "string" ? value : "");

export const items = (answer: { readonly body: unknown }): readonly unknown[] => {
  const found = at(answer.body, "items");
  return Array.isArray(found) ? found : [];
};

export const versionOf = (answer: { readonly body: unknown }): string =>
  text(at(answer.body, "metadata", "resourceVersion"));

/** What Bootswain reads of an answer that refuses: its code, reason and causes. */
export function refusal({ code, body }: { readonly code: number; readonly body: unknown }): unknown {
  const causes = at(body, "details", "causes");
  return {
    code,
    reason: at(body, "reason"),
    causes: Array.isArray(causes)
      ? causes.map((cause) => ({ reason: at(cause, "reason"), message: at(cause, "message") }))
      : [],
  };
}
