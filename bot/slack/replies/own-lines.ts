/**
 * The lines that a person wrote, as plain text: no quotes and pasted code, whose words are somebody else's, and Slack's
 * escapes, links, typographic quotes and odd spaces as what they stand for.
 */
export function ownLines(text: string): readonly string[] {
  return text
    .replace(/\r/g, "")
    .replace(/(^|\n)[^\S\n]*(?:&gt;|>){3}[\s\S]*$/, "$1")
    .replace(/```[\s\S]*?(?:```|$)/g, "\n")
    .split("\n")
    .filter((line) => !/^\s*(?:&gt;|>)/.test(line))
    .map((line) => plain(line).trim())
    .filter((line) => line !== "");
}

const plain = (line: string): string =>
  line
    .replace(/<([^<>]*)>/g, (_, inner: string) => linked(inner))
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&amp;/g, "&")
    .replace(/[\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]|\uFE0F/g, "")
    .replace(/[‘’‛]/g, "'")
    .replace(/[“”„]/g, '"')
    .replace(/[\u2010\u2011]/g, "-")
    .replace(/\s/g, " ");

/** What stands in angle brackets: a person, a channel, a group, a date or an address, with what is shown for it. */
function linked(inner: string): string {
  const [target = "", label = ""] = inner.split("|", 2);
  if (target.startsWith("@")) return label === "" ? target : `@${label.replace(/^@/, "")}`;
  if (target.startsWith("#")) return label === "" ? target : `#${label}`;
  if (target.startsWith("!subteam^")) return label === "" ? `@${target.slice("!subteam^".length)}` : label;
  if (target.startsWith("!")) return label === "" ? `@${target.slice(1)}` : label;
  if (label === "" || target.replace(/^(?:https?:\/\/|mailto:)/, "") === label) return label === "" ? target : label;
  return `${label} (${target})`;
}
