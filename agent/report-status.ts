import type { Finding, HostFacts, Instant } from "./ports.ts";
import { formatReportStatus, type OrderProgress, type ReportStatus } from "./protocol.ts";
import { AGENT_VERSION } from "./version.ts";

export interface Seen {
  readonly facts: HostFacts;
  readonly findings: readonly Finding[];
  readonly progress: OrderProgress | null;
  readonly now: Instant;
}

/** The kernel computes the boot time from the wall clock, so it moves by some seconds as the clock is disciplined. */
const SAME_BOOT_TIME = 60_000;

/** The status to write, given what the report shows. */
export function nextStatus(shown: ReportStatus, seen: Seen): ReportStatus {
  return {
    bootId: seen.facts.bootId,
    bootedAt: steadyBootTime(shown, seen.facts),
    os: seen.facts.os,
    kernel: seen.facts.kernel,
    pending: pendingOf(seen.findings),
    order: seen.progress,
    heartbeat: seen.now,
    agentVersion: AGENT_VERSION,
  };
}

function steadyBootTime(shown: ReportStatus, facts: HostFacts): Instant {
  if (shown.bootedAt === null || shown.bootId !== facts.bootId) return facts.bootedAt;
  return Math.abs(shown.bootedAt - facts.bootedAt) < SAME_BOOT_TIME ? shown.bootedAt : facts.bootedAt;
}

function pendingOf(findings: readonly Finding[]): ReportStatus["pending"] {
  if (findings.length === 0) return null;
  return {
    since: Math.min(...findings.map((finding) => finding.since)),
    reasons: findings.map(({ kind, identity, text, since }) => ({ kind, identity, text, since })),
  };
}

/** Whether they say the same but for the heartbeat. */
export function saysTheSame(one: ReportStatus, other: ReportStatus): boolean {
  return wireForm(one) === wireForm(other);
}

const wireForm = (status: ReportStatus): string => JSON.stringify(formatReportStatus({ ...status, heartbeat: null }));
