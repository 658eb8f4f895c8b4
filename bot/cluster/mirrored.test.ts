import { expect, test } from "vitest";
import type { Json } from "../coordinator/ports.ts";
import { Mirrored } from "./mirrored.ts";

const object = (name: string, version: number, uid = `uid-${name}`): Json => ({
  metadata: { name, uid, resourceVersion: String(version) },
  says: `v${version}`,
});

function aMirror(key?: (value: string) => string) {
  const seen: string[] = [];
  const mirrored = new Mirrored<string>({
    parse: (one) => (typeof one === "object" && one !== null && "says" in one ? String(one.says) : null),
    key,
    changed: (name, value) => void seen.push(`${name}=${value ?? "gone"}`),
    unreadable: (name) => void seen.push(`${name} unreadable`),
  });
  return { mirrored, seen };
}

test("an older event never undoes what an answer showed", () => {
  const { mirrored, seen } = aMirror();
  mirrored.put(object("a", 10));
  mirrored.put(object("a", 9));
  mirrored.put(object("a", 10));
  mirrored.put(object("a", 11));
  expect(seen).toEqual(["a=v10", "a=v11"]);
});

test("versions are numbers, not text", () => {
  const { mirrored, seen } = aMirror();
  mirrored.put(object("a", 9));
  mirrored.put(object("a", 10));
  expect(seen).toEqual(["a=v9", "a=v10"]);
});

test("late events of an object that is gone don't bring it back, and another of its name is another", () => {
  const { mirrored, seen } = aMirror();
  mirrored.put(object("a", 5));
  mirrored.forget("a", "uid-a");
  mirrored.put(object("a", 6));
  mirrored.put(object("a", 7, "uid-new"));
  expect(seen).toEqual(["a=v5", "a=gone", "a=v7"]);
});

test("a deletion of an earlier object of the name leaves the newer one", () => {
  const { mirrored, seen } = aMirror();
  mirrored.put(object("a", 7, "uid-new"));
  mirrored.deleted(object("a", 6));
  mirrored.forget("a", "uid-a");
  expect(seen).toEqual(["a=v7"]);
});

test("after a new list what it doesn't show is gone, unless an answer was newer", () => {
  const { mirrored, seen } = aMirror();
  for (const name of ["a", "b"]) mirrored.put(object(name, 5));
  mirrored.put(object("c", 20));
  mirrored.replace([object("a", 5)], "10");
  expect(seen).toEqual(["a=v5", "b=v5", "c=v20", "b=gone"]);
});

test("what can't be read is said, and what was known of it is kept out", () => {
  const { mirrored, seen } = aMirror();
  mirrored.put(object("a", 5));
  mirrored.put({ metadata: { name: "a", uid: "uid-a", resourceVersion: "6" } });
  expect(seen).toEqual(["a=v5", "a unreadable", "a=gone"]);
});
