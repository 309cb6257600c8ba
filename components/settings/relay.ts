import { z } from "zod";
import { addFault } from "./fault.ts";
import { domainName, emailAddress, memoryMiB, port, wholeNumber } from "./fields.ts";
import { network } from "./network.ts";
import type { UncheckedSettings } from "./schema.ts";

const networks = z.array(network).default([]);

/** The mail relay of the aliases. Its own domain is the directory realm's `aliasDomain`, its smarthost is `smtp`. */
export const relaySettings = z
  .strictObject({
    hostname: domainName.describe(
      "Name in its greeting; the alias domain's MX, and the name of the address it sends from.",
    ),
    port: port
      .default(25)
      .describe("Port of the host's address. Servers of others know no other than 25 (RFC 5321)."),
    postmaster: emailAddress.describe(
      "Who gets the mail to postmaster and abuse at the alias domain (RFC 2142); not an alias.",
    ),
    senders: z
      .strictObject({
        listed: networks.describe("Networks that a sender publishes, such as Atlassian's mail servers."),
        extra: networks.describe("Further networks that may send to aliases."),
      })
      .prefault({})
      .refine(({ listed, extra }) => listed.length + extra.length > 0, {
        error: "at least one network, listed or extra",
      })
      .describe("Who may send mail to aliases; nobody else may."),
    plusAddressing: z
      .boolean()
      .default(false)
      .describe("Whether NAME+anything@ALIASDOMAIN reaches who has NAME@ALIASDOMAIN."),
    mtaSts: z
      .enum(["none", "testing", "enforce"], { error: "one of none, testing, enforce" })
      .default("none")
      .describe("What senders must do about TLS (RFC 8461); more than none needs a public certificate."),
    maxMessageMiB: wholeNumber(1, 100, "a number of MiB").default(25).describe("Largest message, in MiB."),
    messagesPerMinute: wholeNumber(1, 1_000_000, "a number of messages")
      .default(1200)
      .describe("Most messages, and most recipients, of one client address in a minute."),
    memoryMiB: memoryMiB(128).default(256).describe("Memory limit in MiB."),
  })
  .optional()
  .describe("Postfix, which passes on mail to aliases; without it there is no relay.");

/** Refuses a relay that has no aliases to relay to, that mails itself, or that senders could not trust as it demands. */
export function checkRelay(context: z.core.ParsePayload<UncheckedSettings>): void {
  const { relay, realms, certificates } = context.value;
  if (relay === undefined) return;
  const aliasDomains = realms.flatMap((realm) =>
    realm.kind === "directory" && realm.aliasDomain !== undefined ? [realm.aliasDomain] : [],
  );
  if (aliasDomains.length === 0) addFault(context, ["relay"], "nothing, because no realm has an aliasDomain");
  if ([...aliasDomains, relay.hostname].some((domain) => relay.postmaster.endsWith(`@${domain}`)))
    addFault(
      context,
      ["relay", "postmaster"],
      "an address outside the relay's own domains, whose mail it would send to itself",
    );
  if (relay.mtaSts === "enforce" && certificates.kind === "own")
    addFault(
      context,
      ["relay", "mtaSts"],
      "none or testing while certificates.kind is own: senders would refuse the stack's own CA and deliver nothing",
    );
}
