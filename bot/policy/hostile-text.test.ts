import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parsePolicy } from "./parse-policy.ts";

const EVERY_KEY = readFileSync(join(import.meta.dirname, "../../test/policies/good/every-key.yaml"), "utf8");
const ORIGIN = { file: "policy.yaml", commit: null, subject: null };

const HEAD = "apiVersion: policy.bootswain.dev/v1alpha1\nkind: RebootPolicy\ncluster: a\ntimeZone: America/Chicago\n";

const PIECES = [
  ..."[]{}:,-?&*!|>'\"%@`#\t\n \0",
  "---\n",
  "<<: ",
  "&a ",
  "*a",
  "!!str ",
  "__proto__: ",
  "constructor: ",
  "toString",
  "~",
  ".nan",
  "1e999",
  "0x",
  "null",
  "\uFEFF",
  "\r\n",
  "\u2028",
  "2026-12-18T18:00",
  "\uD800",
];

const cut = fc.record({ at: fc.nat(EVERY_KEY.length), length: fc.nat(40), put: fc.constantFrom(...PIECES, "") });

/** Whatever is in the file, there is an answer, and a refusal says why and where. */
function expectAnswer(text: string): void {
  const parsed = parsePolicy(text, ORIGIN);
  if (parsed.ok) {
    expect(parsed.warnings.filter(({ severity }) => severity === "error")).toEqual([]);
    return;
  }
  const lines = text.split("\n").length;
  expect(parsed.problems.some(({ severity }) => severity === "error")).toBe(true);
  for (const { line, column } of parsed.problems) {
    expect(line).toBeGreaterThanOrEqual(1);
    expect(line).toBeLessThanOrEqual(lines);
    expect(column).toBeGreaterThanOrEqual(1);
  }
}

test("a policy that was cut and pasted at random gets an answer", () => {
  fc.assert(
    fc.property(fc.array(cut, { minLength: 1, maxLength: 5 }), (cuts) => {
      const text = cuts.reduce(
        (before, { at, length, put }) => before.slice(0, at) + put + before.slice(at + length),
        EVERY_KEY,
      );
      expectAnswer(text);
    }),
    { numRuns: 300, seed: 20261101 },
  );
});

test("text of YAML's own marks gets an answer", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...PIECES, "a", "pools", "windows"), { maxLength: 60 }), (pieces) => {
      expectAnswer(pieces.join(""));
    }),
    { numRuns: 1000, seed: 20261101 },
  );
});

const UNSAFE_KEYS = ["__proto__", "constructor", "toString", "valueOf", "hasOwnProperty", "then", "length"];

test.each(UNSAFE_KEYS)("the key %s is refused wherever it is unknown", (key) => {
  const places = [
    ["slack:", `slack:\n  ${key}: 1`],
    ["defaults:", `defaults:\n  ${key}: 1`],
    ["gates:", `${key}: 1\ngates:`],
    ["people:", `people:\n  cem: { slack: U03EF, ${key}: x }`],
    ["  may:", `  may:\n    ${key}: { by: operators }`],
  ] as const;
  for (const [found, put] of places) {
    const text = EVERY_KEY.replace(new RegExp(`^${found}`, "m"), put);
    const parsed = parsePolicy(text, ORIGIN);
    const messages = parsed.ok ? [] : parsed.problems.filter(({ severity }) => severity === "error");
    expect(messages).toHaveLength(1);
  }
});

test.each([
  ["thousands of windows that a freeze covers", coveredWindows(100, 50)],
  ["thousands of people that nobody knows", unknownPeople(6000)],
  ["hundreds of pools that wait for each other", circles(200)],
])(
  "%s get an answer in seconds",
  (_, text) => {
    expectAnswer(text);
  },
  20_000,
);

function coveredWindows(pools: number, windows: number): string {
  const list = Array.from({ length: windows }, (_, minute) => `{ from: "22:${10 + minute}", for: 1m }`).join(", ");
  const all = Array.from({ length: pools }, (_, index) => `  - { ${poolOf(index)}, windows: [${list}] }\n`).join("");
  return `${HEAD}freezes: [{ name: long, from: 2026-01-01, to: 2029-01-01 }]\npools:\n${all}`;
}

function unknownPeople(count: number): string {
  const names = Array.from({ length: count }, (_, index) => `q${index}`).join(", ");
  const people = Array.from({ length: count }, (_, index) => `  p${index}: { slack: U${index} }\n`).join("");
  return `${HEAD}people:\n${people}groups: { g: { people: [${names}] } }\npools: [{ ${poolOf(0)}, windows: always }]\n`;
}

function circles(count: number): string {
  const others = (index: number): string =>
    Array.from({ length: count - 20 }, (_, step) => `p${(index + step + 1) % count}`).join(", ");
  const pools = Array.from(
    { length: count },
    (_, index) => `  - { ${poolOf(index)}, windows: always, after: [${others(index)}] }\n`,
  );
  return `${HEAD}pools:\n${pools.join("")}`;
}

function poolOf(index: number): string {
  return `name: p${index}, mode: automatic, nodes: { matchLabels: { role: r${index} } }`;
}
