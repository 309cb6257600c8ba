import { z } from "zod";
import { line, realmName, seconds, wholeNumber } from "./fields.ts";
import { theme } from "./theme.ts";

const DAY_SEC = 86_400;

const sessions = z
  .strictObject({
    accessTokenSec: seconds(30, 3600).default(300).describe("Life of an access token."),
    idleSec: seconds(60, 30 * DAY_SEC)
      .default(1800)
      .describe("A session ends after this long without use."),
    maxSec: seconds(60, 365 * DAY_SEC)
      .default(36_000)
      .describe("A session ends after this long in any case."),
  })
  .prefault({})
  .describe("Lives of tokens and sessions, in seconds.");

const passwordPolicy = z
  .strictObject({
    minLength: wholeNumber(8, 128, "a number of characters")
      .default(12)
      .describe("Least number of characters (NIST SP 800-63B asks for length, not for character classes)."),
  })
  .prefault({})
  .describe("What a new password must be.");

const federationSync = z
  .strictObject({
    changedUsersSec: seconds(60, 30 * DAY_SEC)
      .default(900)
      .describe("Seconds between two syncs of changed entries."),
    fullSec: seconds(3600, 365 * DAY_SEC)
      .default(7 * DAY_SEC)
      .describe("Seconds between two syncs of all entries."),
  })
  .prefault({})
  .describe("When the directory is synced into Keycloak.");

/** People have accounts here: OpenLDAP holds them, Keycloak federates it. */
export const directoryRealm = z.strictObject({
  kind: z.literal("directory"),
  name: realmName.describe("Name of the realm in URLs; a rename makes another realm."),
  displayName: line(255).describe("Name that people see."),
  registration: z.boolean().default(false).describe("Whether people may make accounts for themselves."),
  passwordPolicy,
  sessions,
  sync: federationSync,
  theme,
});

export const realmSettings = z.discriminatedUnion("kind", [directoryRealm], {
  error: "a realm whose kind is directory",
});
