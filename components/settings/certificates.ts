import { z } from "zod";
import { domainName, emailAddress, httpsUrl, text } from "./fields.ts";

/** Everything is signed by the stack's own CA, which people must trust. */
const own = z.strictObject({ kind: z.literal("own") });

/** Let's Encrypt, or another server that speaks ACME (RFC 8555), finds out whose the names are by port 80. */
const acme = z.strictObject({
  kind: z.literal("acme"),
  email: emailAddress.describe("Where the certificate authority writes when something is wrong."),
  directory: httpsUrl
    .default("https://acme-v02.api.letsencrypt.org/directory")
    .describe("Address of the ACME server's directory; Let's Encrypt's by default."),
  issuer: domainName
    .default("letsencrypt.org")
    .describe("What the certificate authority calls itself in CAA records (RFC 8659)."),
  serverCa: z
    .string()
    .min(1)
    .optional()
    .describe("PEM file, relative to the project, of who signed the ACME server's own certificate."),
});

/** From elsewhere, with a key that somebody brings to the host. */
const given = z.strictObject({
  kind: z.literal("given"),
  folder: text(/^\/[^:]*$/, "an absolute path, such as /etc/sso/tls").describe(
    "Folder of the host with tls.crt (full chain) and tls.key, which group 7090 must be let read; watched for newer ones.",
  ),
});

export const certificateSettings = z
  .discriminatedUnion("kind", [own, acme, given], {
    error: "where the public's certificate comes from, of kind own, acme or given",
  })
  .prefault({ kind: "own" })
  .describe("The certificate that people and mail servers see; inside, the stack's own CA signs.");
