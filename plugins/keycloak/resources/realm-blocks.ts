import type { Properties, Value } from "../../core/definition.ts";
import { text } from "../codec.ts";
import { dig, native, quoted } from "../field.ts";
import type { Block, Fields, Leaf } from "../field.ts";

const top = native();
const smtp = quoted("smtpServer");
const headers = native("browserSecurityHeaders");
const token = (name: string): string => `keycloak:index/${name}:${name}`;

const authenticates = (rep: Properties, type: (authType: Value | undefined) => boolean): boolean =>
  dig(rep, ["smtpServer", "auth"]) === "true" && type(dig(rep, ["smtpServer", "authType"]));

/** How the realm sends mail. Keycloak masks both secrets, so the state keeps the program's. */
export const smtpServer: Block = {
  type: token("RealmSmtpServer"),
  present: (rep) => dig(rep, ["smtpServer", "host"]) !== undefined,
  cleared: { smtpServer: {} },
  fields: {
    host: smtp.text("host"),
    port: smtp.text("port"),
    from: smtp.text("from"),
    fromDisplayName: smtp.text("fromDisplayName"),
    replyTo: smtp.text("replyTo"),
    replyToDisplayName: smtp.text("replyToDisplayName"),
    envelopeFrom: smtp.text("envelopeFrom"),
    ssl: smtp.flag("ssl"),
    starttls: smtp.flag("starttls"),
    allowUtf8: smtp.flag("allowutf8"),
    auth: {
      type: token("RealmSmtpServerAuth"),
      present: (rep) => authenticates(rep, (type) => type !== "token"),
      fields: { username: smtp.text("user"), password: smtp.text("password", { hidden: true }) },
    },
    tokenAuth: {
      type: token("RealmSmtpServerTokenAuth"),
      present: (rep) => authenticates(rep, (type) => type === "token"),
      fields: {
        username: smtp.text("user"),
        url: smtp.text("authTokenUrl"),
        clientId: smtp.text("authTokenClientId"),
        clientSecret: smtp.text("authTokenClientSecret", { hidden: true }),
        scope: smtp.text("authTokenScope"),
      },
    },
  },
};

const headerDefaults = {
  contentSecurityPolicy: "frame-src 'self'; frame-ancestors 'self'; object-src 'none';",
  contentSecurityPolicyReportOnly: "",
  strictTransportSecurity: "max-age=31536000; includeSubDomains",
  xContentTypeOptions: "nosniff",
  xFrameOptions: "SAMEORIGIN",
  xRobotsTag: "none",
  xXSSProtection: "1; mode=block",
  referrerPolicy: "no-referrer",
};

const header = (key: keyof typeof headerDefaults): Leaf =>
  headers.text(key, headerDefaults[key] === "" ? {} : { default: headerDefaults[key] });

/** Headers are always there; like the official plugin, the state tells of them once the program does. */
export const securityDefenses: Block = {
  type: token("RealmSecurityDefenses"),
  present: (_rep, prior) => prior !== null,
  cleared: { browserSecurityHeaders: headerDefaults, bruteForceProtected: false },
  fields: {
    headers: {
      type: token("RealmSecurityDefensesHeaders"),
      present: (_rep, prior) => prior !== null,
      cleared: { browserSecurityHeaders: headerDefaults },
      fields: {
        contentSecurityPolicy: header("contentSecurityPolicy"),
        contentSecurityPolicyReportOnly: header("contentSecurityPolicyReportOnly"),
        strictTransportSecurity: header("strictTransportSecurity"),
        xContentTypeOptions: header("xContentTypeOptions"),
        xFrameOptions: header("xFrameOptions"),
        xRobotsTag: header("xRobotsTag"),
        xXssProtection: header("xXSSProtection"),
        referrerPolicy: header("referrerPolicy"),
      },
    },
    bruteForceDetection: {
      type: token("RealmSecurityDefensesBruteForceDetection"),
      on: top.flag("bruteForceProtected"),
      fields: {
        permanentLockout: top.flag("permanentLockout"),
        bruteForceStrategy: top.text("bruteForceStrategy", { default: "MULTIPLE" }),
        maxLoginFailures: top.integer("failureFactor", { default: 30 }),
        waitIncrementSeconds: top.integer("waitIncrementSeconds", { default: 60 }),
        quickLoginCheckMilliSeconds: top.integer("quickLoginCheckMilliSeconds", { default: 1000 }),
        minimumQuickLoginWaitSeconds: top.integer("minimumQuickLoginWaitSeconds", { default: 60 }),
        maxFailureWaitSeconds: top.integer("maxFailureWaitSeconds", { default: 900 }),
        failureResetTimeSeconds: top.integer("maxDeltaTimeSeconds", { default: 43_200 }),
        maxTemporaryLockouts: top.integer("maxTemporaryLockouts"),
      },
    },
  },
};

/** One-time passwords. */
export const otpPolicy: Block = {
  type: token("RealmOtpPolicy"),
  kept: true,
  fields: {
    type: top.text("otpPolicyType", { default: "totp", oneOf: ["totp", "hotp"] }),
    algorithm: top.text("otpPolicyAlgorithm", {
      default: "HmacSHA1",
      oneOf: ["HmacSHA1", "HmacSHA256", "HmacSHA512"],
    }),
    digits: top.integer("otpPolicyDigits", { default: 6 }),
    initialCounter: top.integer("otpPolicyInitialCounter", { default: 2 }),
    lookAheadWindow: top.integer("otpPolicyLookAheadWindow", { default: 1 }),
    period: top.integer("otpPolicyPeriod", { default: 30 }),
    codeReusable: top.flag("otpPolicyCodeReusable"),
  },
};

/** Keycloak's and the official plugin's word for a preference that is left to the browser. */
const UNSPECIFIED = "not specified";

/** Security keys and passkeys; Keycloak has the same policy twice under two prefixes. */
export function webAuthnPolicy(type: string, prefix: string, more: Fields = {}): Block {
  const preference = { default: UNSPECIFIED };
  return {
    type: token(type),
    kept: true,
    fields: {
      acceptableAaguids: top.list(`${prefix}AcceptableAaguids`, { set: true }),
      extraOrigins: top.list(`${prefix}ExtraOrigins`, { set: true }),
      attestationConveyancePreference: top.text(`${prefix}AttestationConveyancePreference`, preference),
      authenticatorAttachment: top.text(`${prefix}AuthenticatorAttachment`, preference),
      avoidSameAuthenticatorRegister: top.flag(`${prefix}AvoidSameAuthenticatorRegister`),
      createTimeout: top.integer(`${prefix}CreateTimeout`),
      discoverableCredential: top.text(`${prefix}ResidentKey`, preference),
      relyingPartyEntityName: top.text(`${prefix}RpEntityName`, { default: "keycloak" }),
      relyingPartyId: top.text(`${prefix}RpId`),
      requireResidentKey: {
        ...top.text(`${prefix}RequireResidentKey`, { default: UNSPECIFIED, quiet: true }),
        codec: { ...text, decode: (raw) => raw ?? UNSPECIFIED },
      },
      signatureAlgorithms: top.list(`${prefix}SignatureAlgorithms`, { set: true, kept: true }),
      userVerificationRequirement: top.text(`${prefix}UserVerificationRequirement`, preference),
      ...more,
    },
  };
}
