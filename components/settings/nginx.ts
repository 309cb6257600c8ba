import { z } from "zod";
import { OWN_PAGES } from "../nginx/files.ts";
import { addFault } from "./fault.ts";
import { httpsUrl, memoryMiB, text, wholeNumber } from "./fields.ts";
import { network } from "./network.ts";

/** First parts of paths that the id site has already. */
const TAKEN = ["admin", "logout", "realms", "resources", "shim"];

const LINK = `a name of a to z, 0 to 9 and -, 32 characters at most, other than ${TAKEN.join(", ")}`;

const linkName = text(/^[a-z0-9][a-z0-9-]{0,31}$/, LINK).refine((name) => !TAKEN.includes(name), {
  error: LINK,
});

/** Names that the id site has for pages of its own. */
const TAKEN_FILES = [...TAKEN, ...Object.keys(OWN_PAGES)];

const FILE =
  "a file name such as atlassian-domain-verification.html or .well-known/security.txt, " +
  `other than ${TAKEN_FILES.join(", ")}`;

const fileName = text(
  /^(\.well-known\/)?[A-Za-z0-9][A-Za-z0-9_-]{0,99}(\.(html|txt|json|xml))?$/,
  FILE,
).refine((name) => !TAKEN_FILES.includes(name), { error: FILE });

export const nginxSettings = z
  .strictObject({
    shortLinks: z
      .record(linkName, httpsUrl)
      .default({})
      .describe("Addresses by name: https://DOMAIN/NAME leads there, such as to the start of a login."),
    files: z
      .record(fileName, z.string().max(10_000))
      .default({})
      .describe(
        "Content of files by name, on the id site and the alias domains, by which others verify whose they are.",
      ),
    adminNetworks: z
      .array(network)
      .default([])
      .describe("Networks that reach Keycloak's admin console and API on the id site; nobody by default."),
    loginsPerMinute: wholeNumber(10, 100_000, "a number of attempts")
      .default(300)
      .describe("Most attempts to log in, register or reset a password of one client address in a minute."),
    memoryMiB: memoryMiB(32).default(64).describe("Memory limit in MiB."),
  })
  .check((context) => {
    const { files, shortLinks } = context.value;
    for (const name of Object.keys(files))
      if (Object.hasOwn(shortLinks, name)) addFault(context, ["files", name], "a name that is no short link");
  })
  .prefault({})
  .describe("nginx.");
