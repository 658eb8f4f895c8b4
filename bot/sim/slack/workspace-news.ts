import type { Logged } from "../event-log.ts";
import type { Ephemeral, Message } from "./message.ts";
import type { View } from "./view.ts";

export type WorkspaceNews =
  | { readonly kind: "posted"; readonly message: Message }
  | { readonly kind: "edited"; readonly message: Message; readonly previous: Message }
  | { readonly kind: "deleted"; readonly previous: Message; readonly ts: string }
  | { readonly kind: "whispered"; readonly whisper: Ephemeral }
  | { readonly kind: "pinned"; readonly channel: string; readonly ts: string }
  | { readonly kind: "modal-opened" | "modal-changed" | "modal-closed"; readonly view: View }
  /** The app asked for something that Slack does not do. */
  | { readonly kind: "refused"; readonly method: string; readonly error: string; readonly problems: readonly string[] };

export type WorkspaceEvent = Logged<WorkspaceNews>;
