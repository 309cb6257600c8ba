/** Secrets that nobody marked: what a text gives away by its form alone. */

/** PEM of any kind of private key (RFC 7468). */
const PRIVATE_KEY = /-----BEGIN ([A-Z0-9]+ )*PRIVATE KEY-----/;

/** Base64, too long to be a word of something else; its padding says nothing. */
const ENCODED = /[\w+/-]{40,}/g;

/** Whether a text is a private key or has one in it, base64 of one included. */
export function holdsPrivateKey(text: string): boolean {
  const encoded = [text, ...(text.match(ENCODED) ?? [])];
  const decoded = encoded.map((each) => Buffer.from(each, "base64").toString("latin1"));
  return [text, ...decoded].some((each) => PRIVATE_KEY.test(each));
}

/** How a name ends that something secret goes by. */
const NAME = "(?:password|passphrase|passwd|secret|token|credentials?|(?:access|api|private|secret)[-_]?key)";

/** What may be the secret itself: no option, and nothing that says where to find it, be it a variable or a file. */
const VALUE = "[\"']?(?!--?[a-z]|[$`<]|/[a-z.]+/)[^\\s\"'`|;&<>]";

const GIVEN = new RegExp(`(?:${NAME}=|(?:^|\\s)--?[\\w.-]*${NAME}\\s+)${VALUE}`, "i");

/** A login with its password in a URL (RFC 3986, section 3.2.1). */
const LOGIN = /:\/\/[^\s/:@]*:(?!\$)[^\s/@]+@/;

/** Whether a command line, or `NAME=VALUE`, gives a secret in plain text. */
export function givesSecret(text: string): boolean {
  return GIVEN.test(text) || LOGIN.test(text);
}
