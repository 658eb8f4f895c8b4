/** What people can do about what git prints; the first that fits. Git's words stay beside it, since these may be wrong. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [/\b401\b|Authentication failed|could not read (Username|Password)/, "check --policy-token-file"],
  [/\b403\b/, "the token may not read this repository, or the server refuses this bot"],
  [/redirect|returned error: 30\d/, "name the repository's own address; a token is not sent on to another"],
  [/Host key verification failed/, "the server's host key is not the one in --policy-known-hosts-file"],
  [/UNPROTECTED PRIVATE KEY|bad permissions/, "the file of --policy-ssh-key-file may be read by this user alone"],
  [/Permission denied \(/, "check --policy-ssh-key-file, and that its key may read the repository"],
  [/SSL certificate|certificate verif|self.signed certificate/i, "check --policy-ca-file"],
  [/not valid: is this a git repository|invalid server response|bad line length/, "what answers there is not git"],
  [
    /not found|does not exist|does not appear to be a git repository|\b404\b/i,
    "there is no such repository, or this bot may not see it",
  ],
];

/** Where git itself says only that something failed, the line of ssh says what. */
const OF_SSH = /^(Host key verification failed|.*Permission denied \(|.*UNPROTECTED PRIVATE KEY|ssh: )/;

const WRITTEN_TOO_MUCH = /died of signal 25|File too large/;
const SHELL_FOUND_NOTHING = 127;

interface About {
  readonly mostWritten: number;
  readonly secrets: readonly string[];
}

/** Why git failed, as the end of a sentence. */
export function reasonOf(ended: number | string | null, complaints: string, { mostWritten, secrets }: About): string {
  if (ended === SHELL_FOUND_NOTHING) return "git is not installed, or not on PATH; install git";
  if (ended === "SIGXFSZ" || WRITTEN_TOO_MUCH.test(complaints))
    return `the repository sends more than ${mostWritten / 1024} KiB at once; keep policies in a smaller one`;
  const lines = complaints.split("\n").filter((line) => line.trim() !== "");
  const line =
    lines.find((one) => OF_SSH.test(one)) ??
    lines.find((one) => one.startsWith("fatal:")) ??
    lines.at(-1) ??
    `git ended with ${ended}`;
  const advice = ADVICE.find(([pattern]) => pattern.test(complaints))?.[1];
  const said = withoutSecrets(withoutPassword(line), secrets)
    .replace(/\p{Cc}+/gu, " ")
    .slice(0, 300)
    .replace(/[.\s]+$/, "");
  return advice === undefined ? said : `${said}; ${advice}`;
}

/** A URL's password is nobody's business. */
export function withoutPassword(text: string): string {
  return text.replace(/(\w+:\/\/[^\s/:@]*):[^\s/]*@/g, "$1@");
}

const withoutSecrets = (text: string, secrets: readonly string[]): string =>
  secrets.reduce((rest, secret) => rest.replaceAll(secret, "***"), text);
