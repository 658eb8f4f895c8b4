/** Not more characters than allowed: cut at the end of a line, with what was opened closed again and a note. */
export function cutAtLine(text: string, most: number): string {
  if (text.length <= most) return text;
  const note = "\n\n…and more, which does not fit here.";
  const kept = text.slice(0, most - note.length - CLOSING);
  const whole = kept.slice(0, Math.max(0, kept.lastIndexOf("\n")));
  return `${whole}${closingOf(whole)}${note}`;
}

/** Room for what closes blocks. */
const CLOSING = 200;

function closingOf(text: string): string {
  const fences = text.match(/^ {0,3}(```|~~~)/gm) ?? [];
  const last = fences.at(-1)?.trim() ?? "";
  const fence = fences.length % 2 === 1 ? `\n${last}` : "";
  const count = (tag: string): number => text.split(tag).length - 1;
  const open = Math.min(10, Math.max(0, count("<details>") - count("</details>")));
  return `${fence}${open > 0 ? "\n" : ""}${"\n</details>".repeat(open)}`;
}
