export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

export function parseJson(text: string): Json {
  return JSON.parse(text) as Json;
}

/** What is at a path inside an API object, or undefined where the path ends early. */
export function field(value: Json | undefined, ...path: readonly (string | number)[]): Json | undefined {
  return path.reduce<Json | undefined>((at, key) => {
    if (at === null || typeof at !== "object") return undefined;
    return isList(at) ? (typeof key === "number" ? at[key] : undefined) : at[key];
  }, value);
}

/** The string at a path, or "" where there is none, which no name, status or boot ID ever is. */
export function stringAt(value: Json | undefined, ...path: readonly (string | number)[]): string {
  const found = field(value, ...path);
  return typeof found === "string" ? found : "";
}

export function listAt(value: Json | undefined, ...path: readonly (string | number)[]): readonly Json[] {
  const found = field(value, ...path);
  return isList(found) ? found : [];
}

/** The entry of `status.conditions` of that type. */
export function condition(object: Json | undefined, type: string): Json | undefined {
  return listAt(object, "status", "conditions").find((entry) => field(entry, "type") === type);
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
