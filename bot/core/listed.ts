const MOST = 4;

/** "a, b, c, d and 7 more": a sentence stays readable however many there are. */
export function listed(names: readonly string[], most: number = MOST): string {
  if (names.length <= most) return names.join(", ");
  return `${names.slice(0, most).join(", ")} and ${names.length - most} more`;
}
