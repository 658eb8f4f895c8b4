import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { instantOf } from "../core/policy/calendar.ts";
import { addFreeze, type WantedFreeze } from "./add-freeze.ts";
import { parsePolicy } from "./parse-policy.ts";

const ZONE = "America/Chicago";
const at = (text: string): number => {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = text.split(/\D/).map(Number);
  return instantOf({ year, month, day }, { hour, minute }, ZONE);
};
const WANTED: WantedFreeze = {
  cluster: "lab",
  from: at("2026-12-04T18:00"),
  until: at("2026-12-07T09:00"),
  pools: null,
  reason: "etcd upgrade",
  by: "ana",
};
const ITEM = "{ name: etcd upgrade, from: 2026-12-04T18:00, to: 2026-12-07T09:00 }";

const head = ["apiVersion: policy.bootswain.dev/v1alpha1", "kind: RebootPolicy", "cluster: lab", `timeZone: ${ZONE}`];
const pools = ["pools:", "  - { name: workers, mode: automatic, windows: always }"];
const aPolicy = (...lines: readonly string[]): string => `${[...head, ...lines, ...pools].join("\n")}\n`;

/** The lines that are new, each after the number of old lines above it; everything else must be as it was. */
function added(text: string, changes: Partial<WantedFreeze> = {}): readonly string[] {
  const result = addFreeze(text, { ...WANTED, ...changes }, "policy.yaml");
  if (result.kind === "problem") throw new Error(result.why);
  const [old, fresh] = [text.split("\n"), result.text.split("\n")];
  let above = 0;
  const lines: string[] = [];
  for (const line of fresh) {
    if (line === old[above] && fresh.length - lines.length - above > 0) above += 1;
    else lines.push(`${above}: ${line}`);
  }
  expect(above).toBe(old.length);
  return lines;
}

describe("where there is a list already, it gets one line more", () => {
  const old = "{ name: year end, from: 2026-12-18T18:00, to: 2027-01-04T06:00 }";
  test.each([
    ["as the items before it", ["freezes:", `  - ${old}`], [`6:   - ${ITEM}`]],
    ["without indentation", ["freezes:", `- ${old}`], [`6: - ${ITEM}`]],
    ["more of it", ["freezes:", `      -   ${old}`], [`6:       -   ${ITEM}`]],
    ["behind a comment on the last line", ["freezes:", `  - ${old} # holidays`], [`6:   - ${ITEM}`]],
    ["before comments below", ["freezes:", `  - ${old}`, "  # - old ones", "", "# what follows"], [`6:   - ${ITEM}`]],
    [
      "in tight brackets",
      ["freezes:", "  - {name: year end, from: 2026-12-18, to: 2027-01-04}"],
      [`6:   - ${ITEM.replace("{ ", "{").replace(" }", "}")}`],
    ],
    [
      "a key a line",
      ["freezes:", "  - name: year end", "    from: 2026-12-18 # a date", "    to: 2027-01-04", ""],
      ["8:   - name: etcd upgrade", "8:     from: 2026-12-04T18:00", "8:     to: 2026-12-07T09:00"],
    ],
    [
      "a key a line, with a text of several lines at the end",
      ["freezes:", "  - from: 2026-12-18", "    to: 2027-01-04", "    name: >-", "      year", "      end"],
      ["10:   - name: etcd upgrade", "10:     from: 2026-12-04T18:00", "10:     to: 2026-12-07T09:00"],
    ],
    ["brackets of several lines with a last comma", ["freezes: [", `  ${old}, # }`, "]"], [`6:   ${ITEM},`]],
  ])("%s", (_, lines, wanted) => {
    expect(added(aPolicy(...lines))).toEqual(wanted);
  });

  test.each([
    ["freezes: []", `freezes: [${ITEM}]`],
    ["freezes: [ ] # none", `freezes: [${ITEM} ] # none`],
    [`freezes: [${old}]`, `freezes: [${old}, ${ITEM}]`],
    [`freezes: [ ${old}, ] # one`, `freezes: [ ${old}, ${ITEM}, ] # one`],
    [`freezes: [\n  ${old} # holidays ]\n]`, `freezes: [\n  ${old}, # holidays ]\n  ${ITEM}\n]`],
    [`freezes: [\n  ${old}]`, `freezes: [\n  ${old},\n  ${ITEM}]`],
  ])("%j becomes %j", (before, after) => {
    expect(addFreeze(aPolicy(before), WANTED, "policy.yaml")).toEqual({
      kind: "added",
      text: aPolicy(after),
      zone: ZONE,
    });
  });
});

describe("where there is none, it comes before what it holds for", () => {
  test.each([
    [
      "without a blank line where there is none",
      ["slack: { channel: C0123456789 }"],
      ["5: freezes:", `5:   - ${ITEM}`],
    ],
    ["with one where there is one", ["people: {}", ""], ["6: freezes:", `6:   - ${ITEM}`, "6: "]],
    [
      "above the comments of the next key",
      ["people: {}", "", "# Gates", "# of all", "gates: []"],
      ["6: freezes:", `6:   - ${ITEM}`, "6: "],
    ],
  ])("%s", (_, lines, wanted) => {
    expect(added(aPolicy(...lines))).toEqual(wanted);
  });

  test("a comment at the head of the file stays there", () => {
    const text = `# The policy\n${[...pools, ...head].join("\n")}\n`;
    expect(added(text)).toEqual(["1: freezes:", `1:   - ${ITEM}`]);
  });

  test("a policy in JSON stays JSON", () => {
    const json = {
      apiVersion: "policy.bootswain.dev/v1alpha1",
      kind: "RebootPolicy",
      cluster: "lab",
      timeZone: ZONE,
      pools: [{ name: "workers", mode: "automatic", windows: "always" }],
    };
    for (const text of [JSON.stringify(json), JSON.stringify(json, null, 2)]) {
      const once = addFreeze(text, WANTED, "policy.json");
      if (once.kind === "problem") throw new Error(once.why);
      const twice = addFreeze(once.text, { ...WANTED, reason: "true", pools: ["workers"] }, "policy.json");
      if (twice.kind === "problem") throw new Error(twice.why);
      expect(JSON.parse(twice.text)).toEqual({
        ...json,
        freezes: [
          { name: "etcd upgrade", from: "2026-12-04T18:00", to: "2026-12-07T09:00" },
          { name: "true", from: "2026-12-04T18:00", to: "2026-12-07T09:00", pools: ["workers"] },
        ],
      });
    }
  });
});

describe("what the file is like otherwise", () => {
  test("lines that end as on Windows go on doing so", () => {
    const text = aPolicy("freezes:", "  - name: x", "    from: 2026-01-01", "    to: 2026-01-02").replaceAll(
      "\n",
      "\r\n",
    );
    const result = addFreeze(text, WANTED, "policy.yaml");
    expect(result.kind === "added" && result.text.replaceAll("\r\n", "")).not.toContain("\n");
    expect(result.kind === "added" && result.text.split("\r\n").length - text.split("\r\n").length).toBe(3);
  });

  test("a last line without an end keeps none", () => {
    const text = [...head, ...pools, "freezes:", "  - { name: x, from: 2026-01-01, to: 2026-01-02 }"].join("\n");
    expect(addFreeze(text, WANTED, "policy.yaml")).toMatchObject({ kind: "added", text: `${text}\n  - ${ITEM}` });
  });

  test.each([
    ["maintenance", "maintenance"],
    ["a: b # c", '"a: b # c"'],
    ["no", '"no"'],
    ['say "stop", please', '"say \\"stop\\", please"'],
    ["- x", '"- x"'],
    ["2026", '"2026"'],
    ["Umzug nach Köln 🚚", '"Umzug nach Köln 🚚"'],
    ["a, b] }", '"a, b] }"'],
    ["etcd\u202E\nupgrade\u0007 ", "etcd upgrade"],
    [null, "asked for by ana"],
    ["\u200B", "asked for by ana"],
    [`${"é".repeat(99)} at length`, `"${"é".repeat(99)}…"`],
  ])("the reason %j becomes the name %s", (reason, written) => {
    expect(added(aPolicy("freezes:", "  - { name: x, from: 2026-01-01, to: 2026-01-02 }"), { reason })).toEqual([
      `6:   - ${ITEM.replace("etcd upgrade", written)}`,
    ]);
  });
});

describe("nothing comes out", () => {
  const good = aPolicy();
  test.each([
    [
      "of a broken policy",
      `${good}pools: []\n`,
      {},
      "The policy there has problems of its own: policy.yaml:7:1: pools:",
    ],
    ["of another cluster's", good, { cluster: "prod" }, "The policy there is of cluster lab, and this is prod."],
    ["for a pool that is not there", good, { pools: ["workers", "gpu"] }, "The policy there has no pool gpu."],
    ["that would end before it begins", good, { until: WANTED.from }, "freezes[0].to: must be later than from."],
    ["for a half minute", good, { until: WANTED.until + 30_000 }, "A policy can't say one of these times"],
    [
      "for the second of two equal times",
      good,
      { from: at("2026-10-30T18:00"), until: at("2026-11-01T01:30") + 3_600_000 },
      "since clocks show it twice that day",
    ],
    ["that is there already", aPolicy(`freezes: [${ITEM}]`), {}, "The policy there has that freeze already."],
    [
      "after which a pool would never go again",
      aPolicy("defaults: { windows: [{ days: [first sat], from: '02:00', for: 2h }] }").replace(
        ", windows: always",
        "",
      ),
      { until: at("2028-12-07T09:00") },
      "open only while a freeze forbids it: etcd upgrade",
    ],
    [
      "where the list has no place to read",
      `${head.join("\n")}\n? pools\n: [{ name: workers, mode: automatic, windows: always }]\n`,
      {},
      "write it there by hand",
    ],
  ])("%s", (_, text, changes, why) => {
    expect(addFreeze(text, { ...WANTED, ...changes }, "policy.yaml")).toMatchObject({
      kind: "problem",
      why: expect.stringContaining(why),
    });
  });
});

const folder = join(import.meta.dirname, "../../policies");
const examples = readdirSync(folder)
  .filter((name) => name.endsWith(".yaml"))
  .map((name) => readFileSync(join(folder, name), "utf8"));

const names = fc
  .stringMatching(/^[ -~\u00A1-\u00AC\u00AE-\u024F]{1,40}$/)
  .filter((name) => name.replace(/ {2,}/g, " ").trim() === name && name !== "");
const days = fc.integer({ min: 0, max: 700 });
const DAY = 86_400_000;

/** A policy in a form that somebody may have given it. */
const formats = fc
  .record({
    text: fc.oneof(
      fc.constantFrom(...examples),
      fc
        .record({
          indentation: fc.constantFrom("", "  ", "    "),
          blank: fc.constantFrom("", "\n", "# c\n", "\n# c\n"),
        })
        .chain(({ indentation, blank }) =>
          fc
            .constantFrom(
              `freezes: []${blank === "" ? "" : " # none"}\n`,
              `freezes:\n${indentation}- { name: x, from: 2026-01-01, to: 2026-01-02 }\n${blank}`,
              `freezes: # of the team\n${indentation}- name: x\n${indentation}  from: 2026-01-01\n${indentation}  to: '2026-01-02'\n${blank}`,
              `freezes: [\n    {name: x, from: 2026-01-01, to: 2026-01-02}, # ]\n  ]\n${blank}`,
              `"freezes" : [ { name: "x", from: 2026-01-01, to: 2026-01-02 } ] # [\n${blank}`,
              blank,
            )
            .map((freezes) => `${head.join("\n")}\n${freezes}${pools.join("\n")}\n`),
        ),
    ),
    isWindows: fc.boolean(),
    isCut: fc.boolean(),
  })
  .map(({ text, isWindows, isCut }) => {
    const cut = isCut ? text.replace(/\n+$/, "") : text;
    return isWindows ? cut.replaceAll("\n", "\r\n") : cut;
  });

test("whatever the file's form, a freeze comes in, in one place or two, and all that was there stays", () => {
  fc.assert(
    fc.property(
      formats,
      names,
      days,
      fc.integer({ min: 1, max: 90 }),
      fc.boolean(),
      (text, name, start, length, ofOne) => {
        const before = parsePolicy(text, { file: "f", commit: null, subject: null });
        if (!before.ok) throw new Error("not a policy");
        const { policy } = before;
        const from = instantOf({ year: 2026, month: 1, day: 1 }, { hour: 6, minute: 0 }, policy.timeZone) + start * DAY;
        const pools = ofOne ? [policy.pools[0]?.name ?? ""] : null;
        const wanted = { cluster: policy.cluster, from, until: from + length * DAY, pools, reason: name, by: "ana" };
        const result = addFreeze(text, wanted, "f");
        if (result.kind === "problem") throw new Error(result.why);
        const after = parsePolicy(result.text, { file: "f", commit: null, subject: null });
        if (!after.ok) throw new Error("no policy any more");
        expect({ ...after.policy, freezes: after.policy.freezes.slice(0, -1) }).toEqual(policy);
        expect(after.policy.freezes.at(-1)).toMatchObject({ name, pools });
        expect(isWithin(text, result.text)).toBe(true);
        expect(/[^\r]\n/.test(result.text)).toBe(/[^\r]\n/.test(text));
        expect(result.text.endsWith("\n")).toBe(text.endsWith("\n"));
      },
    ),
    { numRuns: 300 },
  );
});

/** Whether a text is another one with nothing but additions, at one place or at two. */
function isWithin(text: string, longer: string): boolean {
  let head = 0;
  while (head < text.length && text[head] === longer[head]) head += 1;
  let tail = 0;
  while (tail < text.length - head && text.at(-1 - tail) === longer.at(-1 - tail)) tail += 1;
  return (
    head + tail >= text.length ||
    longer.slice(head, longer.length - tail).includes(text.slice(head, text.length - tail))
  );
}
