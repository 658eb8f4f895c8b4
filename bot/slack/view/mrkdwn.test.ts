import { expect, test } from "vitest";
import { clip, escaped, inCode, nameText } from "./mrkdwn.ts";

const rows: readonly (readonly [string, string, string])[] = [
  ["a name of Kubernetes stays as it is", "abal-kuber01.example.com", "abal-kuber01.example.com"],
  ["an address is left for Slack to make a link of", "see https://x.io:1/a_b_/c.", "see https://x.io:1/a_b_/c."],
  ["but not with signs that it is none by", "https://x.io/*a*", "`https://x.io/*a*`"],
  ["mentions and links are letters", "<!channel> <@U01AB>", "&lt;!channel&gt; &lt;@U01AB&gt;"],
  ["an escape is not one", "&lt;!here&gt;", "&amp;lt;!here&amp;gt;"],
  ["a word that would be formatted stands in a code span, and can be copied", "db *prod* _x_", "db `*prod*` `_x_`"],
  ["a backtick ends no code span", "a`b*c*", "`a'b*c*`"],
  ["a word between colons is no picture, and a time is a time", ":skull: 22:50:58", "`:skull:` 22:50:58"],
  ["a line is not quoted", "> quoted", "`&gt;` quoted"],
  ["lines are one line", "a\nb\u2028c\u0000d", "a b c d"],
  ["what hides, joins or turns letters round is gone", "a\u200Bb\u202Ec\uFEFFd\u2066e", "abcde"],
  ["letters from right to left keep to themselves", "אבג 12", "\u2068אבג 12\u2069"],
  ["half a character is none", "a\uD83D", "a\uFFFD"],
];
test.each(rows)("%s", (_, text, says) => {
  expect(escaped(text)).toBe(says);
});

test("a name of nothing visible is said to be none", () => {
  expect([nameText(""), nameText("\u200B\u202E")]).toEqual(["(no name)", "(no name)"]);
});

test("between backticks only the backtick and Slack's own signs are changed", () => {
  expect(inCode("a `b` *c* <!here>")).toBe("a 'b' *c* &lt;!here&gt;");
});

const cuts: readonly (readonly [string, string, number, string])[] = [
  ["a text with room", "abc", 3, "abc"],
  ["an escape", "ab &amp;", 6, "ab …"],
  ["a mention", "ab <@U01AB>", 8, "ab …"],
  ["a pair", "ab😀c", 4, "ab…"],
  ["a code span", "ab `c_d_e` f", 8, "ab …"],
];
test.each(cuts)("%s is not cut in half", (_, text, most, says) => {
  expect(clip(text, most)).toBe(says);
});
