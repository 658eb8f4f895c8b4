import type { Answer, Api, Call, Json } from "../../coordinator/ports.ts";

/** An Api that holds ConfigMaps and nothing else, with their versions. */
export class ConfigMapApi implements Api {
  readonly stored = new Map<string, { object: object; version: number }>();
  readonly calls: string[] = [];
  isDown = false;

  async call(call: Call): Promise<Answer> {
    this.calls.push(`${call.verb} ${call.resource}`);
    if (this.isDown) return { kind: "unanswered", why: "it is down" };
    switch (call.verb) {
      case "get":
        return this.#get(call.name);
      case "create":
        return this.stored.has(nameOf(call.object)) ? answer(409, {}) : this.#put(nameOf(call.object), call.object);
      case "update": {
        const known = this.stored.get(call.name);
        if (known === undefined) return answer(404, {});
        return versionOf(call.object) === String(known.version) ? this.#put(call.name, call.object) : answer(409, {});
      }
      default:
        return answer(405, {});
    }
  }

  watch(): never {
    throw new Error("nothing here is watched");
  }

  #get(name: string): Answer {
    const known = this.stored.get(name);
    return known === undefined ? answer(404, {}) : answer(200, known.object);
  }

  #put(name: string, object: Json): Answer {
    const version = (this.stored.get(name)?.version ?? 0) + 1;
    const fields = typeof object === "object" && object !== null ? object : {};
    const stored = { ...fields, metadata: { name, resourceVersion: String(version) } };
    this.stored.set(name, { object: stored, version });
    return answer(200, stored);
  }
}

const answer = (code: number, body: Json): Answer => ({ kind: "answered", code, body, date: 0 });
const metadata = (object: Json, key: string): string => {
  const found: unknown = typeof object === "object" && object !== null ? Reflect.get(object, "metadata") : undefined;
  return String(typeof found === "object" && found !== null ? Reflect.get(found, key) : "");
};
const nameOf = (object: Json): string => metadata(object, "name");
const versionOf = (object: Json): string => metadata(object, "resourceVersion");
