import type { Operator } from "./expression.ts";

/** One series of an answer. `value` is as Prometheus writes it ("NaN", "+Inf"), null for a native histogram. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: string | null;
}

const LONGEST_LABELS = 200;

/** The series that the comparison is furthest from holding for; the first one where no order says which. */
export function furthest(all: readonly Series[], operator: Operator): Series | null {
  const direction = operator === "<" || operator === "<=" ? 1 : operator === ">" || operator === ">=" ? -1 : 0;
  let found = all[0] ?? null;
  if (direction === 0) return found;
  for (const series of all) {
    if (found === null || rank(series, direction) > rank(found, direction)) found = series;
  }
  return found;
}

/** NaN says less than any number, so it is shown only where there is nothing else. */
function rank({ value }: Series, direction: number): number {
  const number = value === null ? Number.NaN : numberOf(value);
  return Number.isNaN(number) ? Number.NEGATIVE_INFINITY : number * direction;
}

/** `3 {instance="10.0.0.5:9100"}`; null for a native histogram, which is no number. */
export function shown({ labels, value }: Series): string | null {
  if (value === null) return null;
  const text = Object.entries(labels)
    .filter(([name]) => name !== "__name__")
    .map(([name, content]) => `${name}=${JSON.stringify(content)}`)
    .join(", ");
  if (text === "") return shownNumber(value);
  const cut = text.length > LONGEST_LABELS ? `${text.slice(0, LONGEST_LABELS)}…` : text;
  return `${shownNumber(value)} {${cut}}`;
}

/** Four digits that count, and all of those of a whole number that people still read as one. */
export function shownNumber(value: string): string {
  const number = numberOf(value);
  if (!Number.isFinite(number)) return value;
  if (Number.isInteger(number) && Math.abs(number) < 1e7) return String(number);
  const rounded = Number(number.toPrecision(4));
  return Math.abs(rounded) < 1e7 ? String(rounded) : rounded.toExponential();
}

function numberOf(value: string): number {
  if (value === "+Inf") return Number.POSITIVE_INFINITY;
  if (value === "-Inf") return Number.NEGATIVE_INFINITY;
  return Number(value);
}
