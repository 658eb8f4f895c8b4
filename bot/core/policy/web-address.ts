/** A longer one is none that a server of repositories makes, and takes the room of what is said beside it. */
const ADDRESS_MOST = 400;

/** Signs that end a link in Slack, format there, or do something in a terminal; what a URL has escaped already is left alone. */
const UNFIT = /[^!#$%&'()*+,\-./0-9:;=?@A-Z[\]_a-z~]/g;

/**
 * An address that people may be given to follow in a browser: of the web, without a password, and of plain signs alone. Null
 * for all else: where it came from decides nothing here, since who commits may have a say in it.
 */
export function webAddress(url: string | null): string | null {
  const parsed = url === null || url.length > ADDRESS_MOST ? null : URL.parse(url);
  if (parsed === null) return null;
  const { protocol, username, password, href } = parsed;
  if (!["https:", "http:"].includes(protocol) || username !== "" || password !== "") return null;
  const address = href.replace(UNFIT, (sign) => encodeURIComponent(sign));
  return address.length > ADDRESS_MOST ? null : address;
}
