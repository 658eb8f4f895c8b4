import type { Finding, Stoppable } from "../ports.ts";

/** One way of finding out that the host needs a reboot. */
export interface Detector {
  findings(): Promise<readonly Finding[]>;
  /** Calls `changed` when findings() may have another answer. */
  watch(changed: () => void): Stoppable;
}
