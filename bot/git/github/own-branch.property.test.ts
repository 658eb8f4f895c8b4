import fc from "fast-check";
import { Octokit } from "octokit";
import { expect, test } from "vitest";
import { SECOND } from "../../core/instant.ts";
import { AT } from "../../sim/github/testing/real-octokit.ts";
import { gitHubProposals } from "./propose-freeze.ts";
import { addWord, aRequest, HEAD, POLICY } from "./testing/a-freeze.ts";

const API = "https://api.github.com/repos/acme/policy";
const CONTENTS = `${API}/contents/policy.yaml`;
const PULL = {
  number: 7,
  html_url: "https://github.com/acme/policy/pull/7",
  state: "open",
  head: { label: `acme:${HEAD}` },
};
const FILE = { type: "file", encoding: "base64", content: Buffer.from(POLICY).toString("base64"), sha: "b".repeat(40) };

/** What a sound server answers. */
function soundly(method: string, url: string): unknown {
  if (url.startsWith(CONTENTS)) return FILE;
  if (url.includes("/pulls")) return method === "POST" ? PULL : [];
  return url.includes("/compare/") ? { ahead_by: 0 } : { ref: "refs/heads/main", object: { sha: "a".repeat(40) } };
}

/** The next answers; "sound" ones are of the kind that belongs to the request. */
const scripts = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.constant("sound" as const) },
    {
      weight: 4,
      arbitrary: fc.record({
        status: fc.constantFrom(200, 201, 401, 403, 404, 409, 409, 422, 422, 429, 500, 502),
        body: fc.oneof(
          fc.jsonValue(),
          fc.constantFrom<unknown>([], [PULL], PULL, FILE, { ahead_by: 1 }, { message: "x" }),
        ),
      }),
    },
  ),
  { minLength: 1, maxLength: 40 },
);

interface Sent {
  readonly method: string;
  readonly url: string;
  readonly body?: string;
}

/** The branch that a request writes to, and where it stands. */
function written({ method, url, body = "" }: Sent): string {
  const fields: Record<string, unknown> = JSON.parse(body);
  return `${method} ${url} ${fields["ref"] ?? fields["head"] ?? fields["branch"]}`;
}

const ALLOWED = new Set([
  `POST ${API}/git/refs refs/heads/${HEAD}`,
  `PUT ${CONTENTS} ${HEAD}`,
  `POST ${API}/pulls ${HEAD}`,
]);

/** Time passes at once, but for the bound of the whole. */
const after = (delay: number, run: () => void) => {
  if (delay >= 30 * SECOND) return { stop: () => {} };
  const timer = setImmediate(run);
  return { stop: () => clearImmediate(timer) };
};

const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

function proposalsTo(answer: (sent: Sent) => { readonly status: number; readonly body: unknown }) {
  const fetch = async (url: string, { method, body }: Sent) => {
    const { status, body: says } = answer({ method, url, ...(body === undefined ? {} : { body }) });
    const headers = { "content-type": "application/json" };
    return Object.defineProperty(new Response(JSON.stringify(says ?? null), { status, headers }), "url", {
      value: url,
    });
  };
  const plain = { log: SILENT, retry: { enabled: false }, throttle: { enabled: false } };
  const octokit = new Octokit({ ...plain, request: { fetch } });
  return gitHubProposals({ ...AT, octokit, branch: "main", path: "policy.yaml", edit: addWord, after });
}

test("whatever the server answers, no write goes anywhere but to the branch of the request, and it is answered", async () => {
  const seen = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(scripts, async (script) => {
      let count = 0;
      const elsewhere: string[] = [];
      const proposals = proposalsTo((sent) => {
        if (sent.method !== "GET") {
          const write = written(sent);
          if (!ALLOWED.has(write)) elsewhere.push(write);
          seen.set(write, (seen.get(write) ?? 0) + 1);
        }
        const next = script[count++ % script.length];
        return next === undefined || next === "sound" ? { status: 200, body: soundly(sent.method, sent.url) } : next;
      });
      expect(["proposed", "refused"]).toContain((await proposals.proposeFreeze(aRequest())).kind);
      expect(elsewhere).toEqual([]);
    }),
    { numRuns: 1_000 },
  );
  expect(Math.min(...[...ALLOWED].map((write) => seen.get(write) ?? 0))).toBeGreaterThan(100);
});
