import type { Properties } from "../../core/definition.ts";
import { isObject } from "../../core/values.ts";
import { entity } from "../entity.ts";
import { dig, native } from "../field.ts";
import type { Fields } from "../field.ts";
import { otpPolicy, securityDefenses, smtpServer, webAuthnPolicy } from "./realm-blocks.ts";
import { asText } from "../value.ts";

const top = native();
const kept = { kept: true } as const;

const login: Fields = {
  registrationAllowed: top.flag("registrationAllowed", kept),
  registrationEmailAsUsername: top.flag("registrationEmailAsUsername", kept),
  editUsernameAllowed: top.flag("editUsernameAllowed", kept),
  resetPasswordAllowed: top.flag("resetPasswordAllowed", kept),
  rememberMe: top.flag("rememberMe", kept),
  verifyEmail: top.flag("verifyEmail", kept),
  loginWithEmailAllowed: top.flag("loginWithEmailAllowed", kept),
  duplicateEmailsAllowed: top.flag("duplicateEmailsAllowed", kept),
  sslRequired: top.text("sslRequired", { default: "external", oneOf: ["none", "external", "all"] }),
};

const tokens: Fields = {
  defaultSignatureAlgorithm: top.text("defaultSignatureAlgorithm", { initial: "" }),
  revokeRefreshToken: top.flag("revokeRefreshToken"),
  refreshTokenMaxReuse: top.integer("refreshTokenMaxReuse"),
  ssoSessionIdleTimeout: top.seconds("ssoSessionIdleTimeout", kept),
  ssoSessionMaxLifespan: top.seconds("ssoSessionMaxLifespan", kept),
  ssoSessionIdleTimeoutRememberMe: top.seconds("ssoSessionIdleTimeoutRememberMe", kept),
  ssoSessionMaxLifespanRememberMe: top.seconds("ssoSessionMaxLifespanRememberMe", kept),
  offlineSessionIdleTimeout: top.seconds("offlineSessionIdleTimeout", kept),
  offlineSessionMaxLifespan: top.seconds("offlineSessionMaxLifespan", kept),
  offlineSessionMaxLifespanEnabled: top.flag("offlineSessionMaxLifespanEnabled"),
  clientSessionIdleTimeout: top.seconds("clientSessionIdleTimeout", kept),
  clientSessionMaxLifespan: top.seconds("clientSessionMaxLifespan", kept),
  accessTokenLifespan: top.seconds("accessTokenLifespan", kept),
  accessTokenLifespanForImplicitFlow: top.seconds("accessTokenLifespanForImplicitFlow", kept),
  accessCodeLifespan: top.seconds("accessCodeLifespan", kept),
  accessCodeLifespanLogin: top.seconds("accessCodeLifespanLogin", kept),
  accessCodeLifespanUserAction: top.seconds("accessCodeLifespanUserAction", kept),
  actionTokenGeneratedByUserLifespan: top.seconds("actionTokenGeneratedByUserLifespan", kept),
  actionTokenGeneratedByAdminLifespan: top.seconds("actionTokenGeneratedByAdminLifespan", kept),
  oauth2DeviceCodeLifespan: top.seconds("oauth2DeviceCodeLifespan", kept),
  oauth2DevicePollingInterval: top.integer("oauth2DevicePollingInterval", kept),
};

/** Which flow serves which purpose: rows of both the realm and its bindings. */
export const flowBindings: Fields = {
  browserFlow: top.text("browserFlow", kept),
  registrationFlow: top.text("registrationFlow", kept),
  directGrantFlow: top.text("directGrantFlow", kept),
  resetCredentialsFlow: top.text("resetCredentialsFlow", kept),
  clientAuthenticationFlow: top.text("clientAuthenticationFlow", kept),
  dockerAuthenticationFlow: top.text("dockerAuthenticationFlow", kept),
  firstBrokerLoginFlow: top.text("firstBrokerLoginFlow", kept),
};

const fields: Fields = {
  realm: top.text("realm"),
  internalId: top.text("id", kept),
  enabled: top.flag("enabled", { default: true }),
  displayName: top.text("displayName", { silent: true }),
  displayNameHtml: top.text("displayNameHtml", { silent: true }),
  userManagedAccess: top.flag("userManagedAccessAllowed"),
  organizationsEnabled: top.flag("organizationsEnabled"),
  adminPermissionsEnabled: top.flag("adminPermissionsEnabled"),
  terraformDeletionProtection: { otherwise: false },
  ...login,
  loginTheme: top.text("loginTheme"),
  accountTheme: top.text("accountTheme"),
  adminTheme: top.text("adminTheme"),
  emailTheme: top.text("emailTheme"),
  ...tokens,
  passwordPolicy: top.text("passwordPolicy"),
  ...flowBindings,
  attributes: { extra: "attributes" },
  defaultDefaultClientScopes: top.list("defaultDefaultClientScopes", { set: true }),
  defaultOptionalClientScopes: top.list("defaultOptionalClientScopes", { set: true }),
  smtpServer,
  securityDefenses,
  otpPolicy,
  webAuthnPolicy: webAuthnPolicy("RealmWebAuthnPolicy", "webAuthnPolicy"),
  webAuthnPasswordlessPolicy: webAuthnPolicy(
    "RealmWebAuthnPasswordlessPolicy",
    "webAuthnPolicyPasswordless",
    {
      passwordlessPasskeysEnabled: top.flag("webAuthnPolicyPasswordlessPasskeysEnabled", kept),
    },
  ),
  internationalization: {
    type: "keycloak:index/RealmInternationalization:RealmInternationalization",
    on: top.flag("internationalizationEnabled"),
    fields: {
      supportedLocales: top.list("supportedLocales", { set: true }),
      defaultLocale: top.text("defaultLocale"),
    },
    cleared: { supportedLocales: [] },
  },
};

/** Combinations that Keycloak accepts and then behaves strangely with. */
function validate(inputs: Properties): { property: string; reason: string }[] {
  if (inputs["duplicateEmailsAllowed"] !== true) return [];
  return ["registrationEmailAsUsername", "loginWithEmailAllowed"]
    .filter((property) => inputs[property] === true)
    .map((property) => ({ property, reason: "cannot be true while duplicateEmailsAllowed is true" }));
}

/**
 * A realm. `PUT` changes only what it is sent, so a change of the realm leaves its flow bindings alone, and
 * whatever else other resources or the console have set. Its attributes are the exception: they come as one map.
 */
export const realm = entity({
  autoName: "realm",
  address: [],
  importId: ["id"],
  collection: "",
  item: "/{id}",
  carry: ["attributes"],
  fields,
  validate,
  prepare: (rep, { state }) => {
    // The official plugin names a realm's internal ID after it.
    if (state === undefined) rep["id"] ??= rep["realm"] ?? null;
    const smtp = rep["smtpServer"];
    if (isObject(smtp) && "host" in smtp) completeSmtp(smtp);
  },
  finish: async ({ rest, state }) => {
    if (state === undefined) rest.renewLogin();
    return Promise.resolve();
  },
  guard: (state) => {
    if (state["terraformDeletionProtection"] !== true) return;
    const name = asText(state["realm"]);
    throw new Error(
      `realm ${name} is protected: set terraformDeletionProtection to false and run pulumi up first`,
    );
  },
});

/** Both ways to authenticate share one user and one switch. */
function completeSmtp(smtp: Properties): void {
  const type =
    dig(smtp, ["authTokenUrl"]) !== undefined ? "token" : dig(smtp, ["user"]) !== undefined ? "basic" : "";
  smtp["auth"] = String(type !== "");
  if (type !== "") smtp["authType"] = type;
}
