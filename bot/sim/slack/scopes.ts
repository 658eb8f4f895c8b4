/** What deploy/slack-manifest.yaml asks for. */
export const MANIFEST_SCOPES: readonly string[] = [
  "app_mentions:read",
  "channels:history",
  "chat:write",
  "commands",
  "groups:history",
  "pins:write",
  "usergroups:read",
  "users:read",
];

/** The scope without which a channel's messages are neither read nor heard. */
export function historyScope(channel: { readonly isPrivate: boolean }): string {
  return channel.isPrivate ? "groups:history" : "channels:history";
}

export function infoScope(channel: { readonly isPrivate: boolean }): string {
  return channel.isPrivate ? "groups:read" : "channels:read";
}

export interface MissingScope {
  readonly ok: false;
  readonly error: "missing_scope";
  readonly needed: string;
  readonly provided: string;
}

/** Null where one of the accepted scopes is granted, or none is wanted. */
export function missingScope(accepted: readonly string[], granted: readonly string[]): MissingScope | null {
  if (accepted.length === 0 || accepted.some((scope) => granted.includes(scope))) return null;
  return { ok: false, error: "missing_scope", needed: accepted.join(","), provided: granted.join(",") };
}
