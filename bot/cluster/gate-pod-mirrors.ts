import type { Pod } from "../core/fleet/pod.ts";
import { gateKey } from "../core/gates/judge.ts";
import type { PodsGate } from "../core/policy/policy.ts";
import type { CallParts } from "./calls.ts";
import { type Reflector, reflect } from "./reflector.ts";
import { matchLabelsText } from "./resources/label-selector.ts";
import { parsePod } from "./resources/pod.ts";
import type { Store } from "./store.ts";

/** The pods that gates of the policy look for, one reflector a gate: they are few, and a gate opens as soon as they end. */
export class GatePodMirrors {
  readonly #parts: CallParts;
  readonly #store: Store;
  readonly #stir: () => void;
  readonly #reflectors = new Map<string, Reflector>();

  constructor(parts: CallParts, store: Store, stir: () => void) {
    this.#parts = parts;
    this.#store = store;
    this.#stir = stir;
  }

  keep(gates: readonly PodsGate[]): void {
    const wanted = new Map(gates.map((gate) => [gateKey(gate), gate]));
    for (const [key, reflector] of this.#reflectors) {
      if (wanted.has(key)) continue;
      reflector.stop();
      this.#reflectors.delete(key);
      this.#store.gatePods.delete(key);
    }
    for (const [key, gate] of wanted)
      if (!this.#reflectors.has(key)) this.#reflectors.set(key, this.#reflect(key, gate));
  }

  stop(): void {
    for (const reflector of this.#reflectors.values()) reflector.stop();
  }

  #reflect(gate: string, { noPods: { namespace, matchLabels } }: PodsGate): Reflector {
    const { api, clock, random, log } = this.#parts;
    const pods = new Map<string, Pod>();
    const changed = (uid: string, pod: Pod | null): void => {
      if (pod === null) pods.delete(uid);
      else pods.set(uid, pod);
      this.#stir();
    };
    const synced = (): void => {
      this.#store.gatePods.set(gate, pods);
      this.#stir();
    };
    const labelSelector = matchLabelsText(matchLabels);
    return reflect({
      api,
      clock,
      random,
      log,
      resource: "pods",
      parse: parsePod,
      key: ({ uid }) => uid,
      changed,
      synced,
      ...(namespace === null ? {} : { namespace }),
      ...(labelSelector === "" ? {} : { labelSelector }),
    });
  }
}
