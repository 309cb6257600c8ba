import { z } from "zod";
import { addFault } from "./fault.ts";
import { domainName, emailAddress, httpsUrl, text } from "./fields.ts";
import type { UncheckedSettings } from "./schema.ts";

/** Everything is signed by the stack's own CA, which people must trust. */
const own = z.strictObject({ kind: z.literal("own") });

/** Let's Encrypt, or another server that speaks ACME (RFC 8555). */
const acme = z.strictObject({
  kind: z.literal("acme"),
  email: emailAddress.describe("Where the certificate authority writes when something is wrong."),
  challenge: z
    .enum(["http-01", "dns-01"], { error: "one of http-01, dns-01" })
    .default("http-01")
    .describe("How it finds out whose the names are: by port 80, or by records that `dns` takes."),
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

/** Refuses challenges that nobody answers. */
export function checkCertificates(context: z.core.ParsePayload<UncheckedSettings>): void {
  const { certificates, dns } = context.value;
  if (certificates.kind !== "acme" || certificates.challenge !== "dns-01") return;
  if (dns === undefined || dns.kind === "file")
    addFault(
      context,
      ["certificates", "challenge"],
      "http-01, because dns is not of kind knot or update, which take records",
    );
}

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
