import { describe, expect, test } from "vitest";
import { leewayOf, newestSize, oldSizes } from "./rollout.ts";

const rolling = (replicas: number, maxSurge: number | string, maxUnavailable: number | string): object => ({
  replicas,
  strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge, maxUnavailable } },
});

test.each([
  ["a quarter of four is one each way", { replicas: 4 }, [4, 1, 1]],
  ["a surge is rounded up and what may be unavailable down", { replicas: 1 }, [1, 1, 0]],
  ["where both are 0 one may be unavailable", rolling(3, 0, 0), [3, 0, 1]],
  ["no more than there are may be unavailable", rolling(2, 1, 5), [2, 1, 2]],
])("%s", (_, spec, [wanted, maxSurge, maxUnavailable]) => {
  expect(leewayOf(spec)).toEqual({ wanted, maxSurge, maxUnavailable });
});

describe("one step of a rollout", () => {
  test.each([
    ["with a surge the new one comes beside the old", [1, 1, 0], 0, [[1, 1]], 1],
    ["without a surge the new one waits for room", [1, 0, 1], 0, [[1, 1]], 0],
    ["what is left of the room is filled", [4, 1, 1], 1, [[3, 3]], 2],
    ["one that is too large shrinks", [1, 1, 0], 3, [], 1],
  ] as const)("%s", (_, [wanted, maxSurge, maxUnavailable], newest, old, size) => {
    const sets = old.map(([replicas, available]) => ({ replicas, available }));
    expect(newestSize({ wanted, maxSurge, maxUnavailable }, newest, sets)).toBe(size);
  });

  test.each([
    ["the old one stays until the new one serves", [1, 1, 0], [1, 0], [[1, 1]], [1]],
    ["then it goes", [1, 1, 0], [1, 1], [[1, 1]], [0]],
    [
      "what serves nobody goes first",
      [3, 1, 1],
      [0, 0],
      [
        [2, 0],
        [2, 2],
      ],
      [0, 2],
    ],
    ["no more go than may be missed", [4, 1, 1], [2, 2], [[3, 3]], [1]],
  ] as const)("%s", (_, [wanted, maxSurge, maxUnavailable], [replicas, available], old, sizes) => {
    const sets = old.map(([of, serving]) => ({ replicas: of, available: serving }));
    expect(oldSizes({ wanted, maxSurge, maxUnavailable }, { replicas, available }, sets)).toEqual(sizes);
  });
});
