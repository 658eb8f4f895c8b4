import { type Duration, MINUTE, SECOND } from "../instant.ts";

/** A local wall clock time; `to` not later than `from` means over midnight. */
export interface Window {
  readonly from: WallTime;
  readonly to: WallTime;
}

export interface WallTime {
  readonly hour: number;
  readonly minute: number;
}

export interface Person {
  readonly name: string;
  readonly slack: string | null;
  readonly kubernetes: string | null;
}

export interface Group {
  readonly name: string;
  readonly people: readonly string[];
}

/** Who may do something. `people` counts distinct persons, the one who asks included. */
export interface ApproveRight {
  readonly by: string;
  readonly people: number;
  readonly validFor: "nextWindow" | Duration;
}

export interface ForceRight {
  readonly by: string;
  readonly people: number;
  readonly validFor: Duration;
}

export interface SkipRight {
  readonly by: string;
  readonly upTo: Duration;
}

export interface OtherRight {
  readonly by: string;
}

/** A null right belongs to nobody. */
export interface May {
  readonly approve: ApproveRight | null;
  readonly force: ForceRight | null;
  readonly skip: SkipRight | null;
  readonly other: OtherRight | null;
}

export type Mode = "automatic" | "approval" | "observe";

export interface Pool {
  readonly name: string;
  /** Null takes every node that no pool above took. */
  readonly matchLabels: Readonly<Record<string, string>> | null;
  readonly mode: Mode;
  readonly windows: "always" | readonly Window[];
  readonly may: May;
  readonly drain: { readonly giveUpAfter: Duration; readonly retryAfter: Duration };
  readonly reboot: { readonly delay: Duration; readonly backWithin: Duration };
  readonly verify: { readonly soak: Duration; readonly atMost: Duration };
}

/** A policy that was checked whole. `commit` is where it came from; null for a plain file. */
export interface Policy {
  readonly commit: string | null;
  readonly subject: string | null;
  readonly cluster: string;
  /** An IANA zone. */
  readonly timeZone: string;
  readonly maxRebooting: number;
  readonly people: ReadonlyMap<string, Person>;
  readonly groups: ReadonlyMap<string, Group>;
  readonly slackChannel: string | null;
  readonly pools: readonly Pool[];
}

/** For a node that is under way while no pool takes it any more: it must still be brought back safely. */
export const FALLBACK: Pick<Pool, "drain" | "reboot" | "verify"> = {
  drain: { giveUpAfter: 15 * MINUTE, retryAfter: 30 * MINUTE },
  reboot: { delay: 90 * SECOND, backWithin: 15 * MINUTE },
  verify: { soak: 2 * MINUTE, atMost: 15 * MINUTE },
};
