import type { ControlPlane } from "../../control-plane/control-plane.ts";
import { openAdmission, type Verdict } from "../admission.ts";
import { read } from "../stage.ts";

/** Asked about an eviction before the API server looks at the pod: whatever it does meanwhile is what the server then finds. */
type Guard = (pod: string) => Promise<Verdict> | Verdict;

const EVICTIONS = { apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods/eviction"] };

/**
 * An admission webhook for evictions that are not dry runs. It makes those races happen for certain that are rare otherwise,
 * since the API server reads the pod only after its webhooks have answered (registry/core/pod/storage/eviction.go).
 */
export class EvictionGate {
  readonly #guards = new Map<string, Guard>();
  #close: () => void = () => {};

  private constructor() {}

  static async open(plane: ControlPlane): Promise<EvictionGate> {
    const gate = new EvictionGate();
    const judge = (asked: unknown): Promise<Verdict> => gate.#judge(asked);
    const { close } = await openAdmission(plane, { name: "evictions", rule: EVICTIONS, judge });
    gate.#close = close;
    return gate;
  }

  /** From now on this is asked about each eviction in the namespace. */
  guard(namespace: string, guard: Guard): void {
    this.#guards.set(namespace, guard);
  }

  close(): void {
    this.#close();
  }

  async #judge(asked: unknown): Promise<Verdict> {
    if (read(asked, "dryRun") === true) return null;
    const guard = this.#guards.get(String(read(asked, "namespace")));
    return (await guard?.(String(read(asked, "name")))) ?? null;
  }
}
