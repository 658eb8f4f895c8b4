import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readArguments, readVariables } from "./arguments.ts";
import { isFlagText, readFlagText, splitWords } from "./flag-text.ts";
import { chartKeyOf, FLAG_NAMES, variableOf } from "./flags.ts";

/** As `kured --help` of 1.15.0 to 1.23.0 lists them. */
const ALL =
  "alert-filter-match-only alert-filter-regexp alert-firing-only annotate-nodes blocking-pod-selector concurrency drain-delay drain-grace-period drain-pod-selector drain-timeout ds-name ds-namespace end-time force-reboot lock-annotation lock-release-delay lock-ttl log-format message-template-drain message-template-reboot message-template-uncordon metrics-host metrics-port node-id notify-url period post-reboot-node-labels pre-reboot-node-labels prefer-no-schedule-taint prometheus-url reboot-command reboot-days reboot-delay reboot-method reboot-sentinel reboot-sentinel-command reboot-signal skip-wait-for-delete-timeout slack-channel slack-hook-url slack-username start-time time-zone";

test("the table has every flag of kured, and no other", () => {
  expect([...FLAG_NAMES].sort()).toEqual(ALL.split(" ").sort());
});

test("the documentation says of every flag what becomes of it", () => {
  const page = readFileSync(join(import.meta.dirname, "../../../docs/from-kured.md"), "utf8");
  expect(FLAG_NAMES.filter((name) => !page.includes(`\`--${name}\``))).toEqual([]);
});

test("names in the environment and in the chart follow from the flag's", () => {
  expect(variableOf("reboot-sentinel-command")).toBe("KURED_REBOOT_SENTINEL_COMMAND");
  expect(chartKeyOf("slack-hook-url")).toBe("slackHookUrl");
});

const read = (...args: readonly string[]) => readArguments(args).given.map(({ name, value }) => [name, value]);

test.each([
  ["an equals sign", ["--start-time=22:00"], [["start-time", "22:00"]]],
  ["the next word", ["--start-time", "22:00"], [["start-time", "22:00"]]],
  ["more equals signs", ["--blocking-pod-selector=a=b"], [["blocking-pod-selector", "a=b"]]],
  ["an empty value", ["--drain-pod-selector="], [["drain-pod-selector", ""]]],
  ["a switch alone", ["--force-reboot"], [["force-reboot", "true"]]],
  ["a switch with a value", ["--force-reboot=false"], [["force-reboot", "false"]]],
  ["a value that looks like a flag", ["--notify-url", "--period"], [["notify-url", "--period"]]],
  ["nothing after --", ["--", "--period=5m"], []],
])("pflag reads %s", (_, args, expected) => {
  expect(read(...args)).toEqual(expected);
});

test.each([
  ["a slip", ["--star-time=1"], "--star-time is no flag of kured 1.15 to 1.23; did you mean --start-time?"],
  ["something strange, with its value", ["--abcdefghijkl", "1"], "--abcdefghijkl is no flag of kured 1.15 to 1.23"],
  ["a switch's value after a space", ["--force-reboot", "false"], "false is no flag; kured's flags begin with --"],
  ["one dash", ["-period=5m"], "-period=5m is no flag; kured's flags begin with --"],
])("what is no flag is said: %s", (_, args, expected) => {
  expect(readArguments(args).unknown).toEqual([expected]);
});

test("variables of other programs are nobody's business", () => {
  const { given, unknown } = readVariables([
    { name: "HOME", value: "/" },
    { name: "KURED_START_TIME", value: "22:00" },
    { name: "KURED_STRAT_TIME", value: "22:00" },
  ]);
  expect(given).toEqual([{ name: "start-time", value: "22:00", from: "KURED_START_TIME" }]);
  expect(unknown).toEqual(["KURED_STRAT_TIME sets no flag of kured; did you mean KURED_START_TIME?"]);
});

test.each([
  ["quotes", `--a="b c" --d='e f'`, ["--a=b c", "--d=e f"]],
  ["a comment", "--a=1 # --b=2\n#--c\n--d=3#4", ["--a=1", "--d=3#4"]],
  ["a continued line", "kured \\\n  --a", ["kured", "--a"]],
  ["a quote that never ends", `--a=it's`, ["--a=it's"]],
])("words of a text: %s", (_, text, expected) => {
  expect(splitWords(text)).toEqual(expected);
});

test("a list of flags may have many on a line, comments, variables, and values with spaces", () => {
  const text = `# night only
KURED_TIME_ZONE=America/Chicago
--start-time=22:00 --end-time 01:00   # an hour past midnight
- --message-template-drain=Draining node %s now
--force-reboot`;
  const source = readFlagText(text, "the flags in it");
  expect(source.args.map(({ name, value }) => [name, value])).toEqual([
    ["start-time", "22:00"],
    ["end-time", "01:00"],
    ["message-template-drain", "Draining node %s now"],
    ["force-reboot", "true"],
  ]);
  expect(source.variables.map(({ value }) => value)).toEqual(["America/Chicago"]);
  expect(source.unknown).toEqual([]);
});

test.each([
  ["flags", "\n# c\n--period=5m", true],
  ["a command", "/usr/bin/kured --period=5m", true],
  ["a list of arguments", "- --period=5m", true],
  ["a manifest", "apiVersion: apps/v1\nkind: DaemonSet\n", false],
  ["a document's beginning", "---\nkind: DaemonSet\n", false],
  ["values of a chart", "configuration:\n  period: 5m\n", false],
])("%s: is it a list of flags?", (_, text, expected) => {
  expect(isFlagText(text)).toBe(expected);
});
