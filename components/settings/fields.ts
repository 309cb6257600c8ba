import * as net from "node:net";
import { z } from "zod";

/**
 * The kinds of value that settings are made of. Each says in words what it allows, because the text is all that
 * an operator gets to see when a value is refused.
 */

/** A text of a given form. */
export function text(form: RegExp, allowed: string): z.ZodString {
  return z.string({ error: allowed }).regex(form, { error: allowed });
}

/** A whole number within limits; `what` names it, such as `a port number`. */
export function wholeNumber(least: number, most: number, what: string): z.ZodNumber {
  const error = `${what} from ${least} to ${most}`;
  return z.int({ error }).min(least, { error }).max(most, { error });
}

/** One line for people to read. `${` would be expanded by Keycloak, which fills environment variables into themes. */
export function line(most: number): z.ZodString {
  return text(
    new RegExp(`^(?!.*\\$\\{)[^\\p{Cc}]{1,${most}}$`, "u"),
    `one line of 1 to ${most} characters without \${`,
  );
}

/** A fully qualified domain name in lower case (RFC 1035, RFC 1123). */
export const domainName = text(
  /^(?=.{4,253}$)(?=.*\.)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/,
  "a domain name in lower case, such as id.example.org",
);

const HTTPS = "an https URL without a fragment, such as https://login.example.org/auth";

/** An absolute https URL, as one types it. */
export const httpsUrl = z.string({ error: HTTPS }).refine(
  (value) => {
    const url = URL.canParse(value) ? new URL(value) : undefined;
    return url?.protocol === "https:" && url.hash === "" && url.username === "" && url.password === "";
  },
  { error: HTTPS },
);

/** Whether a URL stands as every client writes it: host in lower case, no default port, no `..`, nothing unescaped. */
function isNormal(value: string): boolean {
  return URL.canParse(value) && [value, `${value}/`].includes(new URL(value).href);
}

const EXACT =
  "an exact https URL without wildcards, in its normal form, such as https://review.example.org/oauth";

/** Where a service is sent back to. Hosts and paths stand as they are: a wildcard would let others catch codes. */
export const redirectUri = httpsUrl.refine((value) => isNormal(value) && !value.includes("*"), {
  error: EXACT,
});

const BASE =
  "an https URL without wildcards, query or slash at its end, in its normal form, such as https://review.example.org";

/** Where a service is. */
export const serviceUrl = httpsUrl.refine((value) => isNormal(value) && !/[*?]|\/$/.test(value), {
  error: BASE,
});

/** A SAML entity ID: a URI (SAML 2.0 Core, section 8.3.6). */
export const entityId = text(
  /^[a-z][a-z0-9+.-]*:\S{1,1023}$/i,
  "a URI, such as https://login.example.org/saml",
);

export const emailAddress = text(
  /^[^\s@<>"]{1,64}@[^\s@<>"]+\.[^\s@<>"]+$/,
  "an e-mail address, such as no-reply@example.org",
);

const IPV4 = "an IPv4 address, such as 127.0.0.1";

export const ipv4Address = z.string({ error: IPV4 }).refine((value) => net.isIPv4(value), { error: IPV4 });

const IPV6 = "an IPv6 address, such as 2001:db8::10";

export const ipv6Address = z.string({ error: IPV6 }).refine((value) => net.isIPv6(value), { error: IPV6 });

const ADDRESS = "an IPv4 or IPv6 address, such as 192.0.2.10";

export const ipAddress = z
  .string({ error: ADDRESS })
  .refine((value) => net.isIP(value) !== 0, { error: ADDRESS });

export const port = wholeNumber(1, 65535, "a port number");

/** Name of a realm: part of URLs, never renamed. */
export const realmName = text(
  /^[a-z0-9][a-z0-9-]{0,35}$/,
  "1 to 36 lower-case letters, digits and dashes, beginning with a letter or digit",
).refine((value) => value !== "master", { error: "any name but master, which is Keycloak's own realm" });

/** A directory suffix made of domain components (RFC 2247), such as `dc=example,dc=org`. */
export const directorySuffix = text(
  /^dc=[a-z0-9-]+(,dc=[a-z0-9-]+)*$/,
  "domain components, such as dc=example,dc=org",
);

/** A colour in six hexadecimal digits (CSS Color 4, section 5.2). */
export const hexColour = text(/^#[0-9a-fA-F]{6}$/, "a colour in hexadecimal, such as #1f6feb");

/** A memory limit in MiB that is at least `least`. */
export function memoryMiB(least: number): z.ZodNumber {
  return wholeNumber(least, 1_048_576, "a number of MiB");
}

/** A duration in seconds. */
export function seconds(least: number, most: number): z.ZodNumber {
  return wholeNumber(least, most, "a number of seconds");
}
