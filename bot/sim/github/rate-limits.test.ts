import { Octokit } from "octokit";
import { expect, onTestFinished, test, vi } from "vitest";
import { AT, aGitHub, anOctokit, refusal, START } from "./testing/real-octokit.ts";

const LIMITS = { perHour: 5_000, pointsPerMinute: 900, code: 403 } as const;
const HOUR = 3_600_000;

test("every answer says what is left of the hour, whose clock begins with the first call", async () => {
  const { octokit, advance } = await aGitHub({ limits: LIMITS });
  await octokit.rest.repos.get(AT);
  await advance(600_000);
  const { headers } = await octokit.rest.repos.get(AT);
  expect(headers).toMatchObject({
    "x-ratelimit-limit": "5000",
    "x-ratelimit-remaining": "4998",
    "x-ratelimit-used": "2",
    "x-ratelimit-reset": `${(START + HOUR) / 1_000}`,
    "x-ratelimit-resource": "core",
  });
});

test.each([403, 429] as const)("calls beyond the hour's are refused with %d until it is over", async (code) => {
  const { octokit, server, github, advance } = await aGitHub({ limits: { ...LIMITS, perHour: 2, code } });
  const get = () => octokit.rest.repos.get(AT);
  await get();
  await expect(octokit.rest.repos.getContent({ ...AT, path: "nope" })).rejects.toMatchObject({ status: 404 });
  await expect(get()).rejects.toMatchObject({
    ...refusal(code, `API rate limit exceeded for user ID ${github.account("ana").id}.`),
    response: {
      headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": `${(START + HOUR) / 1_000}` },
    },
  });
  github.addToken({ token: "ghp_ben", login: "ben" });
  await anOctokit(server, "ghp_ben").rest.repos.get(AT);
  await advance(HOUR);
  expect((await get()).headers["x-ratelimit-remaining"]).toBe("1");
});

test("those without a token have 60 an hour", async () => {
  const { server } = await aGitHub({ limits: LIMITS });
  const { headers } = await anOctokit(server, null).rest.repos.get(AT);
  expect(headers).toMatchObject({ "x-ratelimit-limit": "60", "x-ratelimit-remaining": "59" });
});

test("asking for the limits is free", async () => {
  const { octokit } = await aGitHub({ limits: { ...LIMITS, perHour: 1 } });
  await octokit.rest.repos.get(AT);
  await octokit.rest.rateLimit.get();
  const { data } = await octokit.rest.rateLimit.get();
  expect(data.resources.core).toEqual({ limit: 1, used: 1, remaining: 0, reset: (START + HOUR) / 1_000 });
});

test("too much in a minute is a secondary limit with the seconds to wait, and writes weigh five times", async () => {
  const { octokit, advance } = await aGitHub({ limits: { ...LIMITS, pointsPerMinute: 7, code: 429 } });
  const get = () => octokit.rest.repos.get(AT);
  const put = { ...AT, path: "other.yaml", message: "x", content: "" };
  await octokit.rest.repos.createOrUpdateFileContents(put);
  await get();
  await get();
  await advance(20_000);
  await expect(get()).rejects.toMatchObject({
    status: 429,
    message: expect.stringContaining("You have exceeded a secondary rate limit"),
    response: { headers: { "retry-after": "40", "x-ratelimit-remaining": "4997" } },
  });
  await advance(40_000);
  expect((await get()).status).toBe(200);
});

test("octokit's own throttling knows both limits by their answers and takes the wait from them", async () => {
  const { server } = await aGitHub();
  // It reckons with the system's time, not with that of the answer.
  vi.useFakeTimers({ toFake: ["Date"], now: START });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const heard: unknown[] = [];
  const hear = (kind: string) => (retryAfter: number) => {
    heard.push([kind, retryAfter]);
    return false;
  };
  const throttle = { onRateLimit: hear("primary"), onSecondaryRateLimit: hear("secondary") };
  const octokit = new Octokit({ baseUrl: server.apiUrl, throttle, retry: { enabled: false } });
  server.faults.failNext(
    "*",
    { kind: "primary limit", code: 403, resetIn: 60_000 },
    { kind: "secondary limit", code: 403, retryAfterSeconds: 7 },
  );
  await expect(octokit.rest.repos.get(AT)).rejects.toMatchObject({ status: 403 });
  await expect(octokit.rest.repos.get(AT)).rejects.toMatchObject({ status: 403 });
  expect(heard).toEqual([
    ["primary", 61],
    ["secondary", 7],
  ]);
});

test("nobody counts unless it is switched on", async () => {
  const { octokit } = await aGitHub();
  const { headers } = await octokit.rest.repos.get(AT);
  expect(headers["x-ratelimit-limit"]).toBeUndefined();
});
