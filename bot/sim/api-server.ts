import { isDeepStrictEqual } from "node:util";
import type { Call, Resource } from "../coordinator/ports.ts";
import type { Instant } from "../core/instant.ts";
import { type Asked, admit, isOfAdmission } from "./admission.ts";
import { conflict, failure, namespaceEnds, notFound, type ServerAnswer, success, wrongUid } from "./answers.ts";
import { evictPod } from "./eviction.ts";
import { type Draft, keyOf, overTheWire, type Stored, sentMeta } from "./objects.ts";
import { graceOf } from "./pods.ts";
import { isOver, removed, removePod } from "./removal.ts";
import { at, text } from "./rules/world.ts";
import { matches, selectionOf } from "./selection.ts";
import type { Store } from "./store.ts";

const WITH_STATUS: ReadonlySet<Resource> = new Set([
  "nodes",
  "pods",
  "poddisruptionbudgets",
  "deployments",
  "replicasets",
  "statefulsets",
  "daemonsets",
  "jobs",
  "cronjobs",
  "persistentvolumeclaims",
  "hostreports",
  "nodereboots",
  "rebootfleets",
  "rebootdecisions",
]);

/** A custom resource is never updated blindly; others may be. */
const CUSTOM: ReadonlySet<Resource> = new Set(["hostreports", "nodereboots", "rebootfleets", "rebootdecisions"]);

interface Continued {
  readonly version: string;
  readonly rest: readonly Stored[];
}

/** Answers calls as a real API server does, over the one store. What it promises is checked by the contract suite. */
export class ApiServer {
  readonly #store: Store;
  readonly #now: () => Instant;
  readonly #hasAdmission: boolean;
  readonly #continued = new Map<string, Continued>();
  readonly #ending = new Set<string>();
  readonly #groups = new Map<string, readonly string[]>();
  #tokens = 0;

  /** Without admission it is as one that is older than 1.30. */
  constructor(store: Store, now: () => Instant, hasAdmission = true) {
    this.#store = store;
    this.#now = now;
    this.#hasAdmission = hasAdmission;
  }

  /** The user is in these groups, beside those of everybody. */
  join(user: string, groups: readonly string[]): void {
    this.#groups.set(user, groups);
  }

  /** Nothing new is made in it any more; what is in it stays here, for as long as a case needs it. */
  endNamespace(name: string): void {
    this.#ending.add(name);
  }

  handle(actor: string, call: Call): ServerAnswer {
    if ((call.verb === "create" || call.verb === "evict") && this.#ending.has(call.namespace ?? "")) {
      const name = call.verb === "evict" ? call.name : sentMeta(call.object).name;
      return namespaceEnds(call.resource, name, call.namespace ?? "");
    }
    if (!this.#hasAdmission && isOfAdmission(call.resource)) return notFound(call.resource, "");
    switch (call.verb) {
      case "get":
        return this.#get(call.resource, call.namespace, call.name);
      case "list":
        return this.#list(call);
      case "create":
        return this.#create(actor, call);
      case "update":
        return this.#update(actor, call);
      case "delete":
        return this.#delete(actor, call);
      case "log":
        return this.#log(call);
      case "evict":
        return evictPod({ store: this.#store, now: this.#now() }, actor, call);
      default:
        return call satisfies never;
    }
  }

  /** Continue tokens end with the history that they were made from. */
  compact(): void {
    this.#continued.clear();
    this.#store.compact();
  }

  #get(resource: Resource, namespace: string | undefined, name: string): ServerAnswer {
    const object = this.#store.get(resource, keyOf(namespace, name));
    return object === undefined ? notFound(resource, name) : { code: 200, body: object };
  }

  /** What a pod of a Job wrote: how it was told to end. */
  #log({ namespace, name }: Call & { verb: "log" }): ServerAnswer {
    const pod = this.#store.get("pods", keyOf(namespace, name));
    if (pod === undefined) return notFound("pods", name);
    if (text(at(pod, "spec", "nodeName")) === "") return { code: 204, body: "" };
    return { code: 200, body: `begins\n${text(at(pod, "status", "phase"))}\n` };
  }

  #list(call: Call & { verb: "list" }): ServerAnswer {
    const { resource, limit, continue: token } = call;
    const continued = token === undefined ? undefined : this.#continued.get(token);
    if (token !== undefined && continued === undefined) {
      return failure(410, "Expired", "The provided continue parameter is too old to display a consistent list result.");
    }
    const selection = selectionOf(call);
    const all = continued?.rest ?? this.#store.all(resource).filter((object) => matches(object, selection));
    const version = continued?.version ?? this.#store.version();
    const items = limit === undefined ? all : all.slice(0, limit);
    const rest = all.slice(items.length);
    const more = rest.length === 0 ? {} : { continue: this.#remember({ version, rest }) };
    return {
      code: 200,
      body: { kind: "List", apiVersion: "v1", metadata: { resourceVersion: version, ...more }, items },
    };
  }

  #remember(continued: Continued): string {
    this.#tokens += 1;
    const token = `next-${this.#tokens}`;
    this.#continued.set(token, continued);
    return token;
  }

  #create(actor: string, { resource, namespace, object, dryRun }: Call & { verb: "create" }): ServerAnswer {
    if (resource === "selfsubjectreviews") return { code: 201, body: whoIs(actor, this.#groupsOf(actor)) };
    const { name } = sentMeta(object);
    if (name === "") return failure(422, "Invalid", "name or generateName is required");
    const after = draftOf(object, name, namespace);
    const refused = this.#admit({ actor, resource, name, subresource: undefined, before: null, after });
    if (refused !== null) return refused;
    if (this.#store.get(resource, keyOf(namespace, name)) !== undefined) {
      return failure(409, "AlreadyExists", `${resource} "${name}" already exists`);
    }
    const sent: Draft = overTheWire(after);
    const { status: _, ...withoutStatus } = sent;
    const pending = resource === "pods" ? { status: { phase: "Pending" } } : {};
    const made = WITH_STATUS.has(resource) ? { ...withoutStatus, ...pending } : sent;
    const { resourceVersion: __, uid: ___, ...metadata } = sent.metadata;
    const draft = { ...made, apiVersion: sent.apiVersion, kind: sent.kind, metadata: { ...metadata, generation: 1 } };
    return { code: 201, body: dryRun === true ? draft : this.#store.put(actor, resource, draft) };
  }

  #admit(asked: Omit<Asked, "groups">): ServerAnswer | null {
    return admit(this.#store, { ...asked, groups: this.#groupsOf(asked.actor) });
  }

  #groupsOf(user: string): readonly string[] {
    return ["system:authenticated", ...(this.#groups.get(user) ?? [])];
  }

  #update(actor: string, call: Call & { verb: "update" }): ServerAnswer {
    const { resource, namespace, name, subresource, object, dryRun } = call;
    const current = this.#store.get(resource, keyOf(namespace, name));
    if (current === undefined) return notFound(resource, name);
    const sent = sentMeta(object);
    if (sent.uid !== "" && sent.uid !== current.metadata.uid)
      return wrongUid(resource, name, sent.uid, current.metadata.uid);
    if (sent.resourceVersion === "" && CUSTOM.has(resource)) {
      const message = `${current.kind} "${name}" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update`;
      return failure(422, "Invalid", message);
    }
    if (sent.resourceVersion !== "" && sent.resourceVersion !== current.metadata.resourceVersion)
      return conflict(resource, name);
    const next = subresource === "status" ? withStatus(current, object) : withoutStatus(resource, current, object);
    if (resource === "rebootdecisions" && !isDeepStrictEqual(next.spec, current.spec)) {
      return failure(
        422,
        "Invalid",
        `RebootDecision "${name}" is invalid: spec: Invalid value: a decision never changes; make another one`,
      );
    }
    const refused = this.#admit({ actor, resource, name, subresource, before: current, after: next });
    if (refused !== null) return refused;
    // A write that changes nothing makes no new version and no event.
    if (isDeepStrictEqual(next, current)) return { code: 200, body: current };
    if (dryRun === true) return { code: 200, body: next };
    const generation = (current.metadata.generation ?? 1) + (isDeepStrictEqual(next.spec, current.spec) ? 0 : 1);
    const body = this.#store.put(actor, resource, { ...next, metadata: { ...next.metadata, generation } });
    if (isOver(body)) this.#store.remove("api-server", resource, keyOf(namespace, name));
    return { code: 200, body };
  }

  #delete(actor: string, { resource, namespace, name, uid, graceSeconds }: Call & { verb: "delete" }): ServerAnswer {
    const object = this.#store.get(resource, keyOf(namespace, name));
    if (object === undefined) return notFound(resource, name);
    if (uid !== undefined && uid !== object.metadata.uid) return wrongUid(resource, name, uid, object.metadata.uid);
    if (resource === "pods") {
      this.#store.note({ actor, verb: "delete", resource: "pods", before: object, after: object });
      const removal = { actor, now: this.#now(), graceSeconds: graceSeconds ?? graceOf(object) };
      return { code: 200, body: removePod(this.#store, object, removal) };
    }
    removed(this.#store, actor, resource, object, this.#now());
    return success(200);
  }
}

/** As a SelfSubjectReview is answered. */
const whoIs = (username: string, groups: readonly string[]): object => ({ status: { userInfo: { username, groups } } });

function draftOf(object: unknown, name: string, namespace: string | undefined): Draft {
  const sent = typeof object === "object" && object !== null ? object : {};
  const metadata = at(object, "metadata");
  return {
    ...sent,
    apiVersion: String(at(object, "apiVersion")),
    kind: String(at(object, "kind")),
    metadata: {
      ...(typeof metadata === "object" ? metadata : {}),
      name,
      ...(namespace === undefined ? {} : { namespace }),
    },
  };
}

function withStatus(current: Stored, object: unknown): Stored {
  const status = at(object, "status");
  return { ...current, ...(status === undefined ? {} : { status: overTheWire(status) }) };
}

/** What the server stamps stays as it is; status is written through its own path. */
function withoutStatus(resource: Resource, current: Stored, object: unknown): Stored {
  const { name, namespace } = current.metadata;
  const { status: sentStatus, ...sent } = overTheWire(draftOf(object, name, namespace));
  const { uid, resourceVersion, creationTimestamp, generation, deletionTimestamp, deletionGracePeriodSeconds } =
    current.metadata;
  const stamped = {
    uid,
    resourceVersion,
    creationTimestamp,
    ...(generation === undefined ? {} : { generation }),
    ...(deletionTimestamp === undefined ? {} : { deletionTimestamp, deletionGracePeriodSeconds }),
  };
  const status = WITH_STATUS.has(resource) ? current.status : sentStatus;
  return {
    ...sent,
    apiVersion: current.apiVersion,
    kind: current.kind,
    metadata: { ...sent.metadata, ...stamped },
    ...(status === undefined ? {} : { status }),
  };
}
