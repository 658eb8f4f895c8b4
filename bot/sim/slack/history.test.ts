import { expect, test } from "vitest";
import { ANA, aWorkspace, OPS } from "./a-workspace.ts";
import type { HistoryQuery, WrongQuery } from "./history.ts";
import { aClient, aSlack } from "./testing/real-bolt.ts";

const ts = (n: number) => `1700000000.000${n}00`;

/** Messages 1 to 5. */
function aTalk() {
  const workspace = aWorkspace();
  for (let n = 1; n <= 5; n += 1) workspace.say({ user: ANA, channel: OPS, text: `${n}` });
  return workspace;
}

test.each<{ sentence: string; query: HistoryQuery; shown: string; more: boolean }>([
  { sentence: "nothing asked", query: {}, shown: "54321", more: false },
  { sentence: "after the second", query: { oldest: ts(2) }, shown: "543", more: false },
  { sentence: "from the second", query: { oldest: ts(2), inclusive: true }, shown: "5432", more: false },
  { sentence: "before the fourth", query: { latest: ts(4) }, shown: "321", more: false },
  { sentence: "between both ends", query: { oldest: ts(2), latest: ts(4) }, shown: "3", more: false },
  { sentence: "with both ends", query: { oldest: ts(2), latest: ts(4), inclusive: true }, shown: "432", more: false },
  { sentence: "the newest two", query: { limit: 2 }, shown: "54", more: true },
  { sentence: "exactly all", query: { limit: 5 }, shown: "54321", more: false },
])("the history, $sentence, is $shown", ({ query, shown, more }) => {
  const page = aTalk().conversationsHistory(OPS, query);
  expect(page).toMatchObject({ ok: true, has_more: more, messages: [...shown].map((text) => ({ text })) });
  expect(page.ok && page.messages).toHaveLength(shown.length);
});

test.each<{ query: HistoryQuery; error: WrongQuery["error"] }>([
  { query: { limit: 0 }, error: "invalid_limit" },
  { query: { limit: 1_000 }, error: "invalid_limit" },
  { query: { limit: Number.NaN }, error: "invalid_limit" },
  { query: { oldest: "yesterday" }, error: "invalid_ts_oldest" },
  { query: { latest: "today" }, error: "invalid_ts_latest" },
  { query: { cursor: "bmV4dA==" }, error: "invalid_cursor" },
])("$query is $error", ({ query, error }) => {
  expect(aTalk().conversationsHistory(OPS, query)).toMatchObject({ ok: false, error });
});

test("the pages hold together, and a thread's go from the oldest on", async () => {
  const workspace = aTalk();
  for (let n = 1; n <= 3; n += 1) workspace.say({ user: ANA, channel: OPS, text: `reply ${n}`, threadTs: ts(1) });
  const { server } = await aSlack({ workspace });
  const texts: (string | undefined)[] = [];
  for await (const page of aClient(server).paginate("conversations.history", { channel: OPS, limit: 2 })) {
    expect(page.ok).toBe(true);
    texts.push(
      JSON.stringify(page)
        .match(/"text":"\d"/g)
        ?.join(),
    );
  }
  expect(texts).toEqual(['"text":"5","text":"4"', '"text":"3","text":"2"', '"text":"1"']);
  const first = await aClient(server).conversations.replies({ channel: OPS, ts: ts(1), limit: 2 });
  expect(first).toMatchObject({ has_more: true, messages: [{ text: "1" }, { text: "reply 1" }] });
});

test("metadata is kept at an edit, and shown to the poster and to who asks for it", async () => {
  const { server, workspace } = await aSlack();
  const client = aClient(server);
  const metadata = { event_type: "card", event_payload: { key: "board/1" } };
  const card = await client.chat.postMessage({ channel: OPS, text: "card", metadata });
  expect(card.message).toMatchObject({ metadata });
  await client.chat.update({ channel: OPS, ts: card.ts ?? "", text: "edited" });
  const asked = await client.conversations.history({ channel: OPS, include_all_metadata: true });
  expect(asked.messages).toMatchObject([{ text: "edited", metadata }]);
  const { messages } = await client.conversations.history({ channel: OPS });
  expect(messages?.[0]).not.toHaveProperty("metadata");
  const wrong = { event_type: "card", event_payload: "board/1" };
  expect(workspace.postMessage({ channel: OPS, text: "x", metadata: wrong })).toMatchObject({
    error: "invalid_metadata_format",
  });
});
