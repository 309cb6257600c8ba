import { z } from "zod";
import { addFault } from "./fault.ts";
import { domainName, emailAddress, port } from "./fields.ts";
import type { UncheckedSettings } from "./schema.ts";

/** A server with STARTTLS and a password, the secret `smtp.password`. */
const submission = {
  host: domainName.describe("Its host name, which its certificate must bear."),
  port: port.default(587).describe("Its submission port (RFC 6409)."),
  username: z.string().min(1).describe("Account that mail is submitted with."),
};

/** Mail goes nowhere: a container of the stack keeps it for `npm run mail`. */
const sink = z.strictObject({
  kind: z.literal("sink"),
  except: z
    .array(domainName)
    .default([])
    .describe(
      "Domains, without those below them, whose people get their mail all the same; it takes a relay.",
    ),
  through: z
    .strictObject(submission)
    .optional()
    .describe(
      "Server that mail to these domains leaves by. Default: that of the stack that this one is `from`.",
    ),
});

/** Mail goes out through a server. */
const server = z.strictObject({ kind: z.literal("server"), ...submission });

export const smtpSettings = z
  .discriminatedUnion("kind", [sink, server], { error: "where mail goes, of kind sink or server" })
  .prefault({ kind: "sink" })
  .describe("Where the realms' e-mail goes.");

/** Sender of a realm's e-mail. */
export const sender = emailAddress
  .optional()
  .describe("Sender of the realm's e-mail; no-reply at the domain by default.");

/** Refuses exceptions that nobody could make, and a server that nobody would use. */
export function checkSmtp(context: z.core.ParsePayload<UncheckedSettings>): void {
  const { smtp, relay } = context.value;
  if (smtp.kind !== "sink") return;
  if (smtp.except.length === 0) {
    if (smtp.through !== undefined)
      addFault(context, ["smtp", "through"], "nothing, because smtp.except lists no domain");
    return;
  }
  if (relay === undefined)
    addFault(context, ["smtp", "except"], "nothing without a relay, which tells recipients apart");
  if (smtp.through === undefined)
    addFault(context, ["smtp", "through"], "the server that mail to the domains of smtp.except leaves by");
}
