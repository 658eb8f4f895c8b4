/** Lines under a title; a section without lines is not shown. */
export interface Section {
  readonly title: string | null;
  /** Shown above the lines, as a table needs it. */
  readonly head?: readonly string[];
  readonly lines: readonly string[];
  /** What is said in the place of lines that find no room. */
  readonly more: (count: number) => string;
}

/** Room for what is said of the lines that find none. */
const MARGIN = 200;

/**
 * The sections as one text that is no longer than `most` characters. What stands first is most important, but none takes all
 * the room from those behind it.
 */
export function fitted(sections: readonly Section[], most: number): string {
  const shown = sections.filter(({ lines }) => lines.length > 0);
  const parts: string[] = [];
  let room = most;
  shown.forEach((section, index) => {
    const share = Math.floor(room / (shown.length - index)) - MARGIN;
    const part = cut(section, Math.max(share, room - sizeOf(shown.slice(index + 1))));
    parts.push(part);
    room -= part.length + "\n\n".length;
  });
  return parts.join("\n\n");
}

const sizeOf = (sections: readonly Section[]): number =>
  sections.reduce((sum, section) => sum + whole(section).length + MARGIN, 0);

const whole = (section: Section): string => textOf(section, section.lines);

function cut(section: Section, most: number): string {
  const all = whole(section);
  if (all.length <= most) return all;
  const lines: string[] = [];
  let left = most - textOf(section, []).length - MARGIN;
  for (const line of section.lines) {
    left -= line.length + 1;
    if (left < 0) break;
    lines.push(line);
  }
  return `${textOf(section, lines)}\n\n${section.more(section.lines.length - lines.length)}`;
}

const textOf = ({ title, head = [] }: Section, lines: readonly string[]): string =>
  [...(title === null ? [] : [title, ""]), ...head, ...lines].join("\n");
