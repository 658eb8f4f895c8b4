import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { ConnectionProblem, loadConnection } from "./connection.ts";

const folder = mkdtempSync(join(tmpdir(), "bootswain-connection-"));
const file = join(folder, "config");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

writeFileSync(
  file,
  JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      { name: "one", cluster: { server: "https://one" } },
      { name: "two", cluster: { server: "https://two" } },
    ],
    users: [{ name: "ana", user: { token: "x" } }],
    contexts: [
      { name: "first", context: { cluster: "one", user: "ana" } },
      { name: "second", context: { cluster: "two", user: "ana" } },
      { name: "astray", context: { cluster: "three", user: "ana" } },
    ],
    "current-context": "first",
  }),
);

test.each([
  ["its current context where none is named", undefined, "https://one"],
  ["the context that is named", "second", "https://two"],
])("a kubeconfig: %s", (_, context, server) => {
  expect(loadConnection(file, context).getCurrentCluster()?.server).toBe(server);
});

test.each<[string, string | undefined, string, string]>([
  [
    "a context that is not there, with those that are",
    file,
    "third",
    `The kubeconfig ${file} has no context third. It has first, second, astray.`,
  ],
  ["a context without its cluster", file, "astray", `The kubeconfig ${file} names no cluster for its context astray.`],
  [
    "a context without a kubeconfig",
    undefined,
    "first",
    "There is no kubeconfig to find context first in. Give --kubeconfig FILE.",
  ],
])("says what is wrong: %s", (_, kubeconfig, context, says) => {
  expect(() => loadConnection(kubeconfig, context)).toThrow(new ConnectionProblem(says));
});
