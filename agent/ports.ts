/** Milliseconds since the epoch. */
export type Instant = number;

/** A reply of the API server; `date` is its Date header (whole seconds). */
export type Reply =
  | { readonly kind: "answered"; readonly code: number; readonly body: unknown; readonly date: Instant }
  | { readonly kind: "unanswered"; readonly why: string };

export interface Stoppable {
  stop(): void;
}

/** The three things that an agent may do on the cluster. None of them rejects. */
export interface Api {
  get(resource: "hostreports" | "nodereboots", name: string): Promise<Reply>;
  /** PUT hostreports/NAME/status; 409 when the object's resourceVersion is not the current one. */
  putReportStatus(name: string, object: unknown): Promise<Reply>;
  /**
   * Watches one NodeReboot from `resourceVersion` on. `changed` says only that it is worth reading again: the agent
   * never acts on what a watch carried. `ended` is called once, never after stop().
   */
  watchReboot(
    name: string,
    resourceVersion: string,
    listener: { readonly changed: () => void; readonly ended: (why: string) => void },
  ): Stoppable;
}

export interface Clock {
  now(): Instant;
  /** Elapsed milliseconds from an arbitrary start, not moved by changes of the wall clock. */
  monotonic(): number;
  after(delayMs: number, run: () => void): Stoppable;
}

/** Why the host needs a reboot, as one detector found it. */
export interface Finding {
  readonly kind: string;
  /** The same for as long as the need is the same one. */
  readonly identity: string;
  readonly text: string;
  readonly since: Instant;
}

export interface HostFacts {
  readonly bootId: string;
  readonly bootedAt: Instant;
  readonly os: string | null;
  readonly kernel: string | null;
}

export type RebootCall = { readonly kind: "called" } | { readonly kind: "failed"; readonly why: string };

export interface Host {
  facts(): Promise<HostFacts>;
  findings(): Promise<readonly Finding[]>;
  /** Calls `changed` when findings() may have another answer. */
  watch(changed: () => void): Stoppable;
  /** Starts the reboot before it returns control: nothing is awaited between the caller's last check and the call. */
  reboot(): Promise<RebootCall>;
}

export interface Log {
  info(event: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(event: string, fields?: Readonly<Record<string, unknown>>): void;
}
