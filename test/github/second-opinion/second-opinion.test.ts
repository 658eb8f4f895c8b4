import { expect, onTestFinished, test } from "vitest";
import { differences } from "./answer.ts";
import { answersOf } from "./calls.ts";
import { type EmulatedHub, startEmulated } from "./emulated.ts";
import { KNOWN } from "./known-differences.ts";
import { startOurs } from "./ours.ts";

async function answersFrom(start: () => Promise<EmulatedHub>) {
  const hub = await start();
  onTestFinished(() => hub.close());
  return answersOf(hub);
}

test("the emulated GitHub answers the product's calls as the package does, but for what is known and accounted for", async () => {
  const [ours, theirs] = [await answersFrom(startOurs), await answersFrom(startEmulated)];
  expect([...theirs.keys()]).toEqual([...ours.keys()]);
  const found = [...ours].flatMap(([name, answer]) => {
    const other = theirs.get(name);
    return other === undefined ? [] : differences(answer, other).map((line) => `${name}: ${line}`);
  });
  const unexplained = found.filter((line) => !KNOWN.some(({ where }) => where.test(line)));
  expect(unexplained).toEqual([]);
  const unused = KNOWN.filter(({ where }) => !found.some((line) => where.test(line)));
  expect(unused).toEqual([]);
});
