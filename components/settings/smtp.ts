import { z } from "zod";
import { domainName, emailAddress, port } from "./fields.ts";

/** Mail goes nowhere: a container of the stack keeps it for `npm run mail`. */
const sink = z.strictObject({ kind: z.literal("sink") });

/** Mail goes out through a server with STARTTLS and a password, the secret `smtp.password`. */
const server = z.strictObject({
  kind: z.literal("server"),
  host: domainName.describe("Its host name, which its certificate must bear."),
  port: port.default(587).describe("Its submission port (RFC 6409)."),
  username: z.string().min(1).describe("Account that mail is submitted with."),
});

export const smtpSettings = z
  .discriminatedUnion("kind", [sink, server], { error: "where mail goes, of kind sink or server" })
  .prefault({ kind: "sink" })
  .describe("Where the realms' e-mail goes.");

/** Sender of a realm's e-mail. */
export const sender = emailAddress
  .optional()
  .describe("Sender of the realm's e-mail; no-reply at the domain by default.");
