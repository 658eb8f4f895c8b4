import type { ControlPlane } from "../../control-plane/control-plane.ts";
import { openAdmission, type Verdict } from "../admission.ts";
import { read } from "../stage.ts";

/** A write that the API server has, and neither made nor answered yet. */
export interface HeldWrite {
  pass(): void;
  refuse(): void;
}

interface Wanted {
  readonly fits: (object: unknown) => boolean;
  readonly found: (write: HeldWrite) => void;
}

/** An admission webhook that stops a program between two of its writes, for as long as the test wants. */
export class WriteGate {
  #wanted: Wanted | null = null;
  #close: () => void = () => {};

  private constructor() {}

  /** For the statuses of that kind. */
  static async open(plane: ControlPlane, plural: "hostreports" | "nodereboots"): Promise<WriteGate> {
    const gate = new WriteGate();
    const resources = [`${plural}/status`];
    const rule = { apiGroups: ["bootswain.dev"], apiVersions: ["v1alpha1"], operations: ["UPDATE"], resources };
    const judge = (asked: unknown): Promise<Verdict> => gate.#judge(read(asked, "object"));
    const { close } = await openAdmission(plane, { name: `write-gate-${plural}`, rule, judge });
    gate.#close = close;
    return gate;
  }

  /** Resolves once a write has come that fits; all others pass. */
  holdNext(fits: (object: unknown) => boolean): Promise<HeldWrite> {
    return new Promise((found) => {
      this.#wanted = { fits, found };
    });
  }

  close(): void {
    this.#close();
  }

  #judge(object: unknown): Promise<Verdict> {
    const wanted = this.#wanted;
    if (wanted === null || !wanted.fits(object)) return Promise.resolve(null);
    this.#wanted = null;
    return new Promise((resolve) => {
      const refusal = { code: 403, message: "the test refuses it" };
      wanted.found({ pass: () => resolve(null), refuse: () => resolve(refusal) });
    });
  }
}
