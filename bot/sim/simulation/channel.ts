import type { RuleChecker } from "../rules/checker.ts";
import { at, text } from "../rules/world.ts";
import { BOT } from "../slack/directory.ts";
import type { Message } from "../slack/message.ts";
import type { Workspace } from "../slack/workspace.ts";
import type { WorkspaceEvent } from "../slack/workspace-news.ts";
import type { Tally } from "./tally.ts";

/** Tells the checker and the tally of everything that happens in the channel. */
export function watchChannel(workspace: Workspace, checker: RuleChecker, tally: Tally): void {
  let counted = 0;
  const pingsOf = ({ ts }: Message): number => {
    const news = workspace.notifications.slice(counted);
    counted += news.length;
    return news.filter((one) => one.ts === ts && one.kind === "mention").length;
  };
  workspace.log.listen((event) => {
    tally.seeSlack(event);
    const now = workspace.now();
    if (event.kind !== "posted") return seeOther(event, now, checker);
    const { message } = event;
    const pings = pingsOf(message);
    if (message.user !== BOT.userId) return;
    if (pings > 0) tally.slack.calls += 1;
    const { ts, threadTs } = message;
    checker.seeSlack(now, {
      kind: "said",
      ts,
      threadTs,
      pings,
      key: text(at(message.metadata, "event_payload", "key")),
    });
  });
}

function seeOther(event: WorkspaceEvent, now: number, checker: RuleChecker): void {
  if (event.kind === "deleted") checker.seeSlack(now, { kind: "deleted", ts: event.previous.ts });
  if (event.kind === "refused") checker.seeSlack(now, event);
  if (event.kind === "whispered")
    checker.seeSlack(now, { kind: "told", user: event.whisper.user, says: event.whisper.text });
}
