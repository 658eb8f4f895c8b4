import type { Json } from "../coordinator/ports.ts";
import { formatInstant } from "../core/instant.ts";
import { at, text } from "./rules/world.ts";

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
}

export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation?: number;
  readonly creationTimestamp: string;
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly OwnerReference[];
}

/** An object as the simulated server stores it: never changed in place. */
export interface Stored {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly spec?: unknown;
  readonly status?: unknown;
  readonly [field: string]: unknown;
}

/** An object before the server stamped it. */
export interface Draft {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Partial<ObjectMeta> & Pick<ObjectMeta, "name">;
  readonly [field: string]: unknown;
}

/** Through the wire and back: what is undefined is not there, and nobody holds a reference. */
export function overTheWire<T>(object: T): T {
  return JSON.parse(JSON.stringify(object));
}

/** "namespace/name", or the name of a cluster-scoped object. */
export function keyOf(namespace: string | undefined, name: string): string {
  return namespace === undefined || namespace === "" ? name : `${namespace}/${name}`;
}

export const storedKey = ({ metadata }: Stored): string => keyOf(metadata.namespace, metadata.name);

/** The owner reference with controller: true. */
export const controllerOf = ({ metadata }: Stored): OwnerReference | undefined =>
  metadata.ownerReferences?.find(({ controller }) => controller === true);

export const isControlledBy = (object: Stored, owner: Stored): boolean =>
  controllerOf(object)?.uid === owner.metadata.uid;

export const referenceTo = ({ apiVersion, kind, metadata }: Stored): OwnerReference => ({
  apiVersion,
  kind,
  name: metadata.name,
  uid: metadata.uid,
});

/** The object with another spec: the server counts those as generations. */
export function withSpec(object: Stored, spec: object): Stored {
  const generation = (object.metadata.generation ?? 1) + 1;
  return { ...object, metadata: { ...object.metadata, generation }, spec };
}

/** Counts as a status has them: those that are 0 are left out. */
export const counts = (all: Readonly<Record<string, number>>): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(all).filter(([, count]) => count !== 0));

export const asObject = (value: unknown): object => (typeof value === "object" && value !== null ? value : {});

/** RFC 3339 with whole seconds, as the server stamps its objects. */
export function stamp(now: number): string {
  return `${formatInstant(now).slice(0, 19)}Z`;
}

/** What the server reads of an object sent to it. */
export function sentMeta(object: Json): { name: string; namespace: string; uid: string; resourceVersion: string } {
  const read = (key: string): string => text(at(object, "metadata", key));
  return {
    name: read("name"),
    namespace: read("namespace"),
    uid: read("uid"),
    resourceVersion: read("resourceVersion"),
  };
}
