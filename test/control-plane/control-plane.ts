import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type AuditEvent, readAuditLog } from "./audit.ts";
import { type Binaries, controlPlaneBinaries } from "./build.ts";
import * as components from "./components.ts";
import { type User, writeCredentials } from "./credentials.ts";
import { type KubectlResult, runKubectl } from "./kubectl.ts";
import { guardFromKwok } from "./kwok-guard.ts";
import { makePlaces, type Places } from "./places.ts";
import { createRest, mustSend, type Rest } from "./rest.ts";
import { Supervision } from "./supervision.ts";

export interface ControlPlaneOptions {
  /** People and programs beside the built-in `admin`; each may do what the test's RBAC objects allow it or its groups. */
  readonly users?: readonly User[];
}

interface Parts {
  readonly places: Places;
  readonly binaries: Binaries;
  readonly supervision: Supervision;
  readonly tokens: ReadonlyMap<string, string>;
  readonly ca: string;
}

const startTimeoutMs = 60_000;
const retryMs = 25;

/** etcd, API server, controller manager, scheduler and kwok on loopback, in a folder that goes with them. */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const binaries = await controlPlaneBinaries();
  const places = await makePlaces();
  const supervision = new Supervision(places.folder);
  try {
    const tokens = await writeCredentials(places, options.users ?? []);
    const deadline = AbortSignal.any([supervision.broken, AbortSignal.timeout(startTimeoutMs)]);
    supervision.start("etcd", binaries.etcd, components.etcdArgs(places));
    supervision.start("kube-apiserver", binaries.kubeApiserver, components.apiServerArgs(places));
    const ca = await retryUntilFound(() => readCertificate(places), deadline);
    const plane = new ControlPlane({ places, binaries, supervision, tokens, ca });
    await retryUntilFound(() => isThere(plane.rest, "/readyz"), deadline);
    await guardFromKwok(plane.rest);
    supervision.start(
      "kube-controller-manager",
      binaries.kubeControllerManager,
      components.controllerManagerArgs(places),
    );
    supervision.start("kube-scheduler", binaries.kubeScheduler, components.schedulerArgs(places));
    supervision.start("kwok", binaries.kwok, components.kwokArgs(places));
    // Pods are refused before the controller manager made it; so it also tells that the controllers run.
    await retryUntilFound(() => isThere(plane.rest, "/api/v1/namespaces/default/serviceaccounts/default"), deadline);
    return plane;
  } catch (cause) {
    await supervision.stop();
    throw supervision.broken.aborted ? supervision.broken.reason : cause;
  }
}

export class ControlPlane implements AsyncDisposable {
  readonly url: string;
  readonly caFile: string;
  /** Holds the audit log and one log a component; gone after stop. */
  readonly logs: string;
  /** The admin's client. */
  readonly rest: Rest;
  /** Aborted, with a ComponentEnded as its reason, once a part ended by itself. */
  readonly broken: AbortSignal;
  readonly #parts: Parts;
  readonly #rests: Rest[] = [];

  constructor(parts: Parts) {
    this.#parts = parts;
    this.url = components.apiUrl(parts.places);
    this.caFile = components.caFile(parts.places);
    this.logs = dirname(components.auditLogFile(parts.places));
    this.broken = parts.supervision.broken;
    this.rest = this.restAs("admin");
  }

  /** The process ids by component, and of the supervisor that ends them. */
  get pids(): ReadonlyMap<string, number> {
    return this.#parts.supervision.pids;
  }

  token(user = "admin"): string {
    const token = this.#parts.tokens.get(user);
    if (token === undefined) throw new RangeError(`the control plane was started without a user ${user}`);
    return token;
  }

  /** The path of the user's kubeconfig. */
  kubeconfig(user = "admin"): string {
    this.token(user);
    return components.kubeconfigFile(this.#parts.places, user);
  }

  restAs(user: string): Rest {
    return this.restWith(this.token(user));
  }

  restWith(token: string): Rest {
    const rest = createRest({ url: this.url, ca: this.#parts.ca, token });
    this.#rests.push(rest);
    return rest;
  }

  /** All requests that were answered before this call. Read it before stop. */
  async auditLog(): Promise<readonly AuditEvent[]> {
    // A long answer can reach its client before its line is written; that of this small request is written before.
    await mustSend(this.rest, "GET", "/version");
    return readAuditLog(components.auditLogFile(this.#parts.places));
  }

  kubectl(args: readonly string[], stdin = ""): Promise<KubectlResult> {
    const { binaries, places } = this.#parts;
    return runKubectl({ command: binaries.kubectl, kubeconfig: this.kubeconfig(), folder: places.folder, args, stdin });
  }

  /** Throws ComponentEnded if a part had ended by itself before, since nothing that was seen without it counts. */
  async stop(): Promise<void> {
    for (const rest of this.#rests) rest.close();
    await this.#parts.supervision.stop();
    this.broken.throwIfAborted();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

async function retryUntilFound<T>(attempt: () => Promise<T | undefined>, signal: AbortSignal): Promise<T> {
  for (;;) {
    signal.throwIfAborted();
    const found = await attempt();
    if (found !== undefined) return found;
    await delay(retryMs, undefined, { signal });
  }
}

async function readCertificate(places: Places): Promise<string | undefined> {
  const text = await readFile(components.caFile(places), "utf8").catch(() => "");
  const certificates = text.split("-----END CERTIFICATE-----").length - 1;
  return certificates === 2 ? text : undefined;
}

async function isThere(rest: Rest, path: string): Promise<true | undefined> {
  const code = await rest.request("GET", path).then(
    (answer) => answer.code,
    () => 0,
  );
  return code === 200 ? true : undefined;
}
