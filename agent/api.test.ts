import type { IncomingMessage, ServerResponse } from "node:http";
import { afterEach, expect, test } from "vitest";
import { createApi } from "./api.ts";
import { answer, bodyOf, Events, type Served, serve } from "./testing/api-server.ts";

const closing: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function served(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
  some: { callDeadline?: number; token?: () => string | null; path?: string } = {},
) {
  const server: Served = await serve(handle);
  closing.push(server.close);
  const { callDeadline = 10_000, token = () => "secret", path = "" } = some;
  const api = createApi({ access: { server: new URL(server.url + path), token, tls: {} }, callDeadline });
  closing.push(api.close);
  return api;
}

test.each([200, 404, 409, 500])("an answer %d comes with its body and Date", async (code) => {
  const api = await served((_request, response) => {
    response.setHeader("date", "Tue, 24 Nov 2026 04:00:05 GMT");
    answer(response, code, { kind: "Thing" });
  });
  expect(await api.get("hostreports", "n1")).toEqual({
    kind: "answered",
    code,
    body: { kind: "Thing" },
    date: Date.parse("2026-11-24T04:00:05Z"),
  });
});

test("a read and a write go to their paths with token and body", async () => {
  const seen: unknown[] = [];
  const api = await served(
    async (request, response) => {
      seen.push([request.method, request.url, request.headers.authorization, await bodyOf(request)]);
      answer(response, 200, {});
    },
    { path: "/proxied/" },
  );
  await api.get("nodereboots", "n 1");
  await api.putReportStatus("n1", { status: { os: "AlmaLinux – 9" } });
  const base = "/proxied/apis/bootswain.dev/v1alpha1";
  expect(seen).toEqual([
    ["GET", `${base}/nodereboots/n%201`, "Bearer secret", null],
    ["PUT", `${base}/hostreports/n1/status`, "Bearer secret", { status: { os: "AlmaLinux – 9" } }],
  ]);
});

test("the token is read for each call, and a call without a readable one is unanswered", async () => {
  const seen: unknown[] = [];
  const tokens = ["one", "two"];
  const api = await served(
    (request, response) => {
      seen.push(request.headers.authorization);
      answer(response, 200, {});
    },
    {
      token: () => {
        const token = tokens.shift();
        if (token === undefined) throw new Error("no such file");
        return token;
      },
    },
  );
  await api.get("hostreports", "n1");
  await api.get("hostreports", "n1");
  expect(seen).toEqual(["Bearer one", "Bearer two"]);
  expect(await api.get("hostreports", "n1")).toEqual({ kind: "unanswered", why: "no such file" });
});

test("an answer in plain text keeps its code", async () => {
  const api = await served((_request, response) => void response.writeHead(404).end("404 page not found\n"));
  expect(await api.get("hostreports", "n1")).toMatchObject({ code: 404, body: "404 page not found\n" });
});

test("an answer without a Date is none, since deadlines are checked against it", async () => {
  const api = await served((_request, response) => {
    response.sendDate = false;
    answer(response, 200, {});
  });
  expect(await api.get("hostreports", "n1")).toEqual({ kind: "unanswered", why: "the answer has no Date header" });
});

const CUTS: readonly (readonly [string, (response: ServerResponse) => void])[] = [
  ["before the answer", (response) => void response.socket?.destroy()],
  [
    "in the middle of the body",
    (response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write('{"kind":', () => response.socket?.destroy());
    },
  ],
];

test.each(CUTS)("a connection that is cut %s is unanswered", async (_when, cut) => {
  const api = await served((_request, response) => cut(response));
  expect(await api.get("hostreports", "n1")).toMatchObject({ kind: "unanswered" });
});

test("nobody listening is unanswered", async () => {
  const server = await serve(() => {});
  await server.close();
  const api = createApi({ access: { server: new URL(server.url), token: () => null, tls: {} }, callDeadline: 10_000 });
  expect(await api.get("hostreports", "n1")).toMatchObject({
    kind: "unanswered",
    why: expect.stringContaining("REFUSED"),
  });
  api.close();
});

const SLOW: readonly (readonly [string, (response: ServerResponse) => void])[] = [
  ["no answer at all", () => {}],
  ["an answer that never ends", (response) => void response.writeHead(200).write("{")],
];

test.each(SLOW)("%s is unanswered at the deadline", async (_what, stall) => {
  const api = await served((_request, response) => stall(response), { callDeadline: 50 });
  expect(await api.get("hostreports", "n1")).toEqual({ kind: "unanswered", why: "none within 50 ms" });
});

/** A watch whose server side the test writes. */
async function watched() {
  const events = new Events();
  const said: string[] = [];
  const state: { url: string; response: ServerResponse | null; closed: boolean } = {
    url: "",
    response: null,
    closed: false,
  };
  const api = await served((request, response) => {
    state.url = request.url ?? "";
    state.response = response;
    response.on("close", () => {
      state.closed = true;
      events.changed();
    });
    events.changed();
  });
  const say = (what: string): void => {
    said.push(what);
    events.changed();
  };
  const watch = api.watchReboot("n1", "77", { changed: () => say("changed"), ended: (why) => say(`ended: ${why}`) });
  await events.until(() => state.response !== null);
  const response = state.response;
  if (response === null) throw new Error("no request came");
  return { events, said, state, watch, response };
}

const line = (type: string): string => `${JSON.stringify({ type, object: { metadata: { name: "é" } } })}\n`;

test("a watch tells of each change, not of bookmarks, whatever the pieces it comes in", async () => {
  const { events, said, state, response } = await watched();
  expect(state.url).toContain("fieldSelector=metadata.name%3Dn1&resourceVersion=77");
  response.writeHead(200);
  const bytes = Buffer.from(line("MODIFIED") + line("BOOKMARK") + line("DELETED") + line("ADDED"));
  for (let at = 0; at < bytes.length; at += 7) response.write(bytes.subarray(at, at + 7));
  await events.until(() => said.length === 3);
  response.end();
  await events.until(() => said.length === 4);
  expect(said).toEqual(["changed", "changed", "changed", "ended: the server ended it"]);
});

const ENDS: readonly (readonly [string, (response: ServerResponse) => void, RegExp])[] = [
  ["Gone as the answer", (response) => answer(response, 410, { code: 410 }), /answered 410/],
  [
    "Gone as an event",
    (response) => void response.end(`{"type":"ERROR","object":{"code":410}}\n${line("ADDED")}`),
    /410/,
  ],
  ["a line that is no JSON", (response) => void response.write("<html>\n"), /not JSON/],
  ["a cut connection", (response) => void response.socket?.destroy(), /hang up|reset/],
  [
    "a cut stream",
    (response) => void response.write(line("BOOKMARK"), () => response.socket?.destroy()),
    /aborted|reset/,
  ],
];

test.each(ENDS)("%s ends a watch once, and nothing comes after it", async (_what, end, why) => {
  const { events, said, state, response } = await watched();
  end(response);
  await events.until(() => said.length > 0 && state.closed);
  expect(said).toHaveLength(1);
  expect(said[0]).toMatch(why);
});

test("a stopped watch closes its connection and says nothing", async () => {
  const { events, said, state, watch, response } = await watched();
  response.writeHead(200);
  response.write(line("MODIFIED"));
  await events.until(() => said.length === 1);
  watch.stop();
  await events.until(() => state.closed);
  expect(said).toEqual(["changed"]);
});
