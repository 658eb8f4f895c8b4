import fc from "fast-check";
import { expect, test } from "vitest";
import { webAddress } from "./web-address.ts";

test.each<[string, string | null, string | null]>([
  [
    "of the web",
    "https://git.example/a_b/commit/3f2a9c1?x=1&y=~#l1",
    "https://git.example/a_b/commit/3f2a9c1?x=1&y=~#l1",
  ],
  ["without TLS", "http://git.example/a", "http://git.example/a"],
  ["with signs that end a link in Slack", "https://x/a|b>c<d?q=`|", "https://x/a%7Cb%3Ec%3Cd?q=%60%7C"],
  ["with a blank and a quotation mark", 'https://x/a b"', "https://x/a%20b%22"],
  ["with what a terminal obeys", "https://x/\u001b[2Ja\u0007", "https://x/%1B[2Ja"],
  ["in another script", "https://x/é", "https://x/%C3%A9"],
  ["of a script", "javascript:alert(1)", null],
  ["of a file", "file:///etc/passwd", null],
  ["with a password", "https://ana:secret@x/", null],
  ["with a user", "https://ana@x/", null],
  ["that is none", "git.example/a", null],
  ["too long", `https://x/${"a".repeat(400)}`, null],
  ["too long once its signs are escaped", `https://x/${"|".repeat(200)}`, null],
  ["that nobody knows", null, null],
])("an address %s", (_, url, shown) => {
  expect(webAddress(url)).toBe(shown);
});

test("whatever is given, what comes out is of plain signs, and stays what it is", () => {
  const url = fc.oneof(
    fc.string(),
    fc.webUrl(),
    fc.string({ unit: "binary" }).map((text) => `https://x/${text}`),
  );
  fc.assert(
    fc.property(url, (one) => {
      const shown = webAddress(one);
      if (shown === null) return;
      expect(shown).toMatch(/^https?:\/\/[!#$%&'()*+,\-./0-9:;=?@A-Z[\]_a-z~]+$/);
      expect(webAddress(shown)).toBe(shown);
    }),
  );
});
