import { z } from "zod";
import { addFault, unique } from "./fault.ts";
import { domainName, line, realmName, seconds, wholeNumber } from "./fields.ts";
import { identityProviderSettings } from "./identity-providers.ts";
import { groupSettings, roleSettings, serviceSettings } from "./service-presets.ts";
import { sender } from "./smtp.ts";
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

const siteKey = z.string().min(1).describe("Site key; the secret key is the secret REALM.recaptcha.");

const VERSION = "Version that Google made the keys for.";

/** A box to tick. */
const recaptchaV2 = z.strictObject({ version: z.literal("v2").describe(VERSION), siteKey });

/** Nothing to do; Google scores what people do. */
const recaptchaV3 = z.strictObject({
  version: z.literal("v3").describe(VERSION),
  siteKey,
  leastScore: z
    .number({ error: "a number from 0 to 1" })
    .min(0, { error: "a number from 0 to 1" })
    .max(1, { error: "a number from 0 to 1" })
    .default(0.5)
    .describe("Least score, from 0 for a robot to 1 for a person, that may register."),
});

const recaptcha = z
  .discriminatedUnion("version", [recaptchaV2, recaptchaV3], { error: "v2 or v3" })
  .optional()
  .describe("Google's reCAPTCHA on the registration form.");

/** What realms of both kinds say. */
const common = {
  name: realmName.describe("Name of the realm in URLs; a rename makes another realm."),
  displayName: line(255).describe("Name that people see."),
  sender,
  sessions,
  theme,
  services: serviceSettings,
  groups: groupSettings,
  roles: roleSettings,
};

/** People have accounts here: OpenLDAP holds them, Keycloak federates it. */
export const directoryRealm = z
  .strictObject({
    kind: z.literal("directory"),
    ...common,
    registration: z.boolean().default(false).describe("Whether people may make accounts for themselves."),
    recaptcha,
    aliasDomain: domainName
      .optional()
      .describe(
        "Domain under which every account has the address USERNAME@DOMAIN; no such addresses by default.",
      ),
    passwordPolicy,
    sync: federationSync,
  })
  .check((context) => {
    const { registration, recaptcha: captcha } = context.value;
    if (captcha !== undefined && !registration)
      addFault(context, ["recaptcha"], "nothing, because registration is false: there is no form to guard");
  });

/** People come with identities of outside providers; no password is ever handled here. */
export const brokerRealm = z.strictObject({
  kind: z.literal("broker"),
  ...common,
  identityProviders: z
    .array(identityProviderSettings)
    .min(1, { error: "at least one identity provider" })
    .check(unique("alias", "an alias that no other provider of the realm has"))
    .describe("Outside identity providers, in the order of the login page."),
});

export const realmSettings = z.discriminatedUnion("kind", [directoryRealm, brokerRealm], {
  error: "a realm whose kind is directory or broker",
});
