import type { Instant } from "../instant.ts";

/** Fri 2026-12-04 22:30 in Chicago. */
export const NOW: Instant = Date.UTC(2026, 11, 5, 4, 30);
