export interface Address {
  readonly host: string;
  readonly port: number;
}

/** HOST:PORT, [IPv6]:PORT, or :PORT for all addresses of this machine; null for anything else. Port 0 is any that is free. */
export function parseAddress(text: string): Address | null {
  const found = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s[\]:/]*)):(\d{1,5})$/.exec(text);
  if (found === null) return null;
  const port = Number(found[3]);
  return port > 65_535 ? null : { host: found[1] ?? found[2] ?? "", port };
}
