import type { PodsView } from "./pods-view.ts";
import type { GateData, PolicyData } from "./policy-data.ts";

/** A time in which a gate is not green. */
export interface ToldSpell {
  readonly gate: string;
  readonly from: number;
  readonly until: number;
  readonly state: "red" | "unreachable";
}

/** How the gates stood, by what Prometheus and Alertmanager were made to say, and by the pods that there are. */
export class GateTimes {
  readonly #spells: readonly ToldSpell[];
  readonly #pods: PodsView;

  constructor(spells: readonly ToldSpell[], pods: PodsView) {
    this.#spells = spells;
    this.#pods = pods;
  }

  /** A gate that was closed for the node all the time between; null where each could have been read as open. */
  closed(policy: PolicyData, node: string, from: number, to: number): string | null {
    return this.#find(policy, node, from, to, () => true);
  }

  /** And one that was red all the time, and could be read as red. */
  red({ gates = [], ...policy }: PolicyData, node: string, from: number, to: number): string | null {
    const couldBeRead = ({ name }: GateData): boolean =>
      !this.#spells.some(
        (one) => one.gate === name && one.state === "unreachable" && one.from <= to && one.until >= from,
      );
    return this.#find({ ...policy, gates: gates.filter(couldBeRead) }, node, from, to, ({ state }) => state === "red");
  }

  /** Whether every gate was open for the node all the time between. */
  isOpen({ gates = [] }: PolicyData, node: string, from: number, to: number): boolean {
    return gates.every(({ name, noPods }) => {
      if (noPods !== undefined) return !this.#pods.wasIn(noPods.namespace ?? "", node, from);
      return !this.#spells.some((spell) => spell.gate === name && spell.from <= to && spell.until >= from);
    });
  }

  #find(
    { gates = [] }: PolicyData,
    node: string,
    from: number,
    to: number,
    counts: (spell: ToldSpell) => boolean,
  ): string | null {
    return gates.find((gate) => this.#isClosed(gate, node, from, to, counts))?.name ?? null;
  }

  #isClosed(
    { name, noPods }: GateData,
    node: string,
    from: number,
    to: number,
    counts: (spell: ToldSpell) => boolean,
  ): boolean {
    if (noPods !== undefined) return this.#pods.wasAlwaysIn(noPods.namespace ?? "", node, from);
    const spells = this.#spells.filter((spell) => spell.gate === name && counts(spell));
    // One after the other, without a green moment in between.
    let covered = from;
    for (const spell of [...spells].sort((a, b) => a.from - b.from)) {
      if (spell.from <= covered && spell.until > covered) covered = spell.until;
    }
    return covered > to;
  }
}
