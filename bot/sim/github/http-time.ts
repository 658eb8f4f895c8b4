import { DAY, formatInstant, type Instant } from "../../core/instant.ts";

const WEEKDAYS = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** "2026-03-01T10:00:00Z": GitHub's bodies have no fractions of a second. */
export function bodyTime(instant: Instant): string {
  return formatInstant(instant).replace(/\.\d+Z$/, "Z");
}

/** "Sun, 01 Mar 2026 10:00:00 GMT", as headers have it. */
export function headerTime(instant: Instant): string {
  const [date = "", time = ""] = bodyTime(instant).replace("Z", "").split("T");
  const [year, month, day] = date.split("-");
  const weekday = WEEKDAYS[Math.floor(instant / DAY) % 7];
  return `${weekday}, ${day} ${MONTHS[Number(month) - 1]} ${year} ${time} GMT`;
}
