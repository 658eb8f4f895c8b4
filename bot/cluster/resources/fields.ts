import { z } from "zod";
import { formatInstant, type Instant, parseInstant } from "../../core/instant.ts";

/** A time on the wire: RFC 3339, UTC. */
export const time = () => z.string().meta({ format: "date-time" });

export const count = () => z.int().min(0);

export const timeText = (at: Instant | null): string | undefined => (at === null ? undefined : formatInstant(at));

export const timeOr = <T>(text: string | undefined, otherwise: T): Instant | T => parseInstant(text) ?? otherwise;

/** Null is left out on the wire. */
export const orAbsent = <T>(value: T | null): T | undefined => value ?? undefined;
