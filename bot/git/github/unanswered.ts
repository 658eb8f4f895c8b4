import { fitToShow, GitHubFailed } from "./trouble.ts";

/** What brought no whole answer, in words. `host` is that of the API; the proxy in between is not known to the error. */
export function unanswered(error: unknown, host: string): GitHubFailed {
  return error instanceof GitHubFailed
    ? error
    : new GitHubFailed({ says: why(error, host), kind: "unreachable" }, error);
}

function why(error: unknown, host: string): string {
  const causes = causesOf(error);
  const code = causes.map(codeOf).find((one) => one !== null) ?? "";
  const last = causes.at(-1);
  const says = last instanceof Error ? last.message || last.name : String(last);
  if (/^Proxy response|Proxy Authentication/.test(says))
    return `the proxy does not let ${host} through (${fitToShow(says)}); check https_proxy and no_proxy`;
  if (code === "ERR_INVALID_URL") return "https_proxy or http_proxy in the environment is no URL; mend or unset it";
  if (code === "ECONNREFUSED") return `${host}, or the proxy before it, refuses connections`;
  if (code === "ENOTFOUND" || code === "EAI_AGAIN")
    return `the name ${host}, or that of the proxy before it, is not in DNS (${code})`;
  if (/^(ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$/.test(code))
    return `${host} can't be reached over the network (${code}); a proxy may be needed: https_proxy`;
  if (/^(ECONNRESET|EPIPE|UND_ERR_SOCKET|UND_ERR_PRX_CONN|UND_ERR_RES_CONTENT_LENGTH_MISMATCH)$/.test(code))
    return `${host}, or the proxy before it, cut the connection before its answer was whole`;
  if (isOfCertificate(code))
    return `${host} shows a certificate that is not trusted (${code}); check --policy-ca-file and --github-api-url`;
  if (code === "EPROTO" || code.startsWith("ERR_SSL") || code.startsWith("HPE_"))
    return `${host} does not speak https there (${code}); check --github-api-url and https_proxy`;
  return `${host} could not be asked: ${fitToShow(says)}`;
}

/** https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const isOfCertificate = (code: string): boolean =>
  /^(CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|INVALID_|HOSTNAME_MISMATCH|ERR_TLS_CERT)/.test(code);

const MOST_CAUSES = 5;

/** The error and what it was caused by, the first cause last. */
function causesOf(error: unknown): readonly unknown[] {
  const causes = [error];
  while (causes.length < MOST_CAUSES) {
    const last = causes.at(-1);
    if (!(last instanceof Error) || last.cause === undefined) break;
    causes.push(last.cause);
  }
  return causes;
}

const codeOf = (error: unknown): string | null =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null;
