import type { Properties, Value } from "../../core/definition.ts";
import { equal, isObject } from "../../core/values.ts";
import { joined } from "../codec.ts";
import type { Rest } from "../connection.ts";
import { entity, fill, pick } from "../entity.ts";
import type { Step } from "../entity.ts";
import { dig, native, quoted } from "../field.ts";
import type { Fields } from "../field.ts";
import { flowOverrides } from "./client-common.ts";
import { idOf } from "../value.ts";

const top = native();
const attribute = quoted("attributes");
const settings = native("authorizationSettings");
const kept = { kept: true } as const;
const silent = { silent: true } as const;

const secretFields: Fields = {
  clientSecret: top.text("secret", kept),
  clientSecretWo: { otherwise: null, writeOnly: true },
  clientSecretWoVersion: { otherwise: null },
  clientSecretRegenerateWhenChanged: { otherwise: null },
};

// Keycloak derives what is missing here from the root URL; the official plugin says that there is none.
const urls: Fields = {
  rootUrl: top.text("rootUrl", silent),
  adminUrl: top.text("adminUrl", { silent: true, initial: "" }),
  baseUrl: top.text("baseUrl", silent),
  validRedirectUris: top.list("redirectUris", { set: true, kept: true, initial: [] }),
  webOrigins: top.list("webOrigins", { set: true, kept: true, initial: [] }),
  validPostLogoutRedirectUris: attribute.as(joined("##"), "post.logout.redirect.uris", {
    set: true,
    kept: true,
  }),
  frontchannelLogoutUrl: attribute.text("frontchannel.logout.url", silent),
  backchannelLogoutUrl: attribute.text("backchannel.logout.url", silent),
  backchannelLogoutSessionRequired: attribute.flag("backchannel.logout.session.required", { default: true }),
  backchannelLogoutRevokeOfflineSessions: attribute.flag("backchannel.logout.revoke.offline.tokens"),
};

const flows: Fields = {
  standardFlowEnabled: top.flag("standardFlowEnabled", kept),
  implicitFlowEnabled: top.flag("implicitFlowEnabled", kept),
  directAccessGrantsEnabled: top.flag("directAccessGrantsEnabled", kept),
  serviceAccountsEnabled: top.flag("serviceAccountsEnabled", kept),
  frontchannelLogoutEnabled: top.flag("frontchannelLogout", kept),
  oauth2DeviceAuthorizationGrantEnabled: attribute.flag("oauth2.device.authorization.grant.enabled"),
  oauth2DeviceCodeLifespan: attribute.text("oauth2.device.code.lifespan"),
  oauth2DevicePollingInterval: attribute.text("oauth2.device.polling.interval"),
  oauth2JwtAuthorizationGrantEnabled: attribute.flag("oauth2.jwt.authorization.grant.enabled"),
  oauth2JwtAuthorizationGrantIdp: attribute.text("oauth2.jwt.authorization.grant.idp"),
  standardTokenExchangeEnabled: attribute.flag("standard.token.exchange.enabled"),
  allowRefreshTokenInStandardTokenExchange: attribute.text(
    "standard.token.exchange.enableRefreshRequestedTokenType",
  ),
  authenticationFlowBindingOverrides: flowOverrides("openid"),
};

const tokens: Fields = {
  accessTokenLifespan: attribute.text("access.token.lifespan", kept),
  clientOfflineSessionIdleTimeout: attribute.text("client.offline.session.idle.timeout", kept),
  clientOfflineSessionMaxLifespan: attribute.text("client.offline.session.max.lifespan", kept),
  clientSessionIdleTimeout: attribute.text("client.session.idle.timeout", kept),
  clientSessionMaxLifespan: attribute.text("client.session.max.lifespan", kept),
  pkceCodeChallengeMethod: attribute.text("pkce.code.challenge.method", { oneOf: ["", "plain", "S256"] }),
  requireDpopBoundTokens: attribute.flag("dpop.bound.access.tokens", kept),
  useRefreshTokens: attribute.flag("use.refresh.tokens", { default: true }),
  useRefreshTokensClientCredentials: attribute.flag("client_credentials.use_refresh_token"),
  excludeSessionStateFromAuthResponse: attribute.flag("exclude.session.state.from.auth.response", {
    kept: true,
    hidden: true,
  }),
  excludeIssuerFromAuthResponse: attribute.flag("exclude.issuer.from.auth.response", {
    kept: true,
    hidden: true,
  }),
};

const fields: Fields = {
  clientId: top.text("clientId"),
  name: top.text("name", silent),
  enabled: top.flag("enabled", { default: true }),
  description: top.text("description", silent),
  accessType: { otherwise: null, oneOf: ["CONFIDENTIAL", "PUBLIC", "BEARER-ONLY"] },
  clientAuthenticatorType: top.text("clientAuthenticatorType", { default: "client-secret" }),
  ...secretFields,
  ...urls,
  ...flows,
  ...tokens,
  fullScopeAllowed: top.flag("fullScopeAllowed", { default: true }),
  consentRequired: top.flag("consentRequired", kept),
  displayOnConsentScreen: attribute.flag("display.on.consent.screen", kept),
  consentScreenText: attribute.text("consent.screen.text", silent),
  alwaysDisplayInConsole: top.flag("alwaysDisplayInConsole"),
  loginTheme: attribute.text("login_theme", silent),
  extraConfig: { extra: "attributes", merged: true },
  authorization: {
    type: "keycloak:openid/ClientAuthorization:ClientAuthorization",
    set: true,
    on: top.flag("authorizationServicesEnabled"),
    fields: {
      policyEnforcementMode: settings.text("policyEnforcementMode", {
        oneOf: ["ENFORCING", "PERMISSIVE", "DISABLED"],
      }),
      decisionStrategy: settings.text("decisionStrategy", { default: "UNANIMOUS" }),
      allowRemoteResourceManagement: settings.flag("allowRemoteResourceManagement"),
      keepDefaults: { otherwise: false },
    },
  },
  import: { otherwise: false },
};

function accessTypeOf({ publicClient, bearerOnly }: Properties): string {
  if (publicClient === true) return "PUBLIC";
  return bearerOnly === true ? "BEARER-ONLY" : "CONFIDENTIAL";
}

/** Combinations that Keycloak refuses late, or accepts and then cannot use. */
function validate(inputs: Properties): { property: string; reason: string }[] {
  const on = (...names: readonly string[]): boolean => names.some((name) => inputs[name] === true);
  const { accessType } = inputs;
  const redirects = inputs["validRedirectUris"] ?? [];
  const noTokens = accessType === "BEARER-ONLY";
  const rules: readonly (readonly [boolean, string, string])[] = [
    [
      on("standardFlowEnabled", "implicitFlowEnabled") && Array.isArray(redirects) && redirects.length === 0,
      "validRedirectUris",
      "must name at least one URI for the standard or implicit flow",
    ],
    [
      accessType === "PUBLIC" && on("serviceAccountsEnabled", "standardTokenExchangeEnabled"),
      "accessType",
      "a PUBLIC client has no service account and cannot exchange tokens",
    ],
    [
      noTokens &&
        on(
          "standardFlowEnabled",
          "implicitFlowEnabled",
          "directAccessGrantsEnabled",
          "serviceAccountsEnabled",
        ),
      "accessType",
      "a BEARER-ONLY client gets no tokens: enable no flow",
    ],
  ];
  return rules.filter(([broken]) => broken).map(([, property, reason]) => ({ property, reason }));
}

/** The secret that this step sets: a write-only one counts when its version changes. */
function writeOnlySecret({ inputs, state }: Step): Value {
  const version = inputs["clientSecretWoVersion"] ?? null;
  return version !== null && version !== (state?.["clientSecretWoVersion"] ?? null)
    ? (inputs["clientSecretWo"] ?? null)
    : null;
}

async function regenerate({ rest, where, inputs, state }: Step): Promise<void> {
  const key = "clientSecretRegenerateWhenChanged";
  if (state === undefined || equal(inputs[key] ?? null, state[key] ?? null)) return;
  await rest.post(fill("/{realmId}/clients/{id}/client-secret", where), {});
}

/** Keycloak adds a sample resource to a new resource server. */
async function dropDefaultResource({ rest, where, inputs, state }: Step): Promise<void> {
  const { authorization = null } = inputs;
  if (state !== undefined || !isObject(authorization) || authorization["keepDefaults"] === true) return;
  const resources = fill("/{realmId}/clients/{id}/authz/resource-server/resource", where);
  for (const one of (await rest.list(resources, { name: "default" })) ?? []) {
    await rest.remove(resources + fill("/{_id}", one));
  }
}

/** The settings of a resource server, which the client's representation leaves out. */
async function authorization(rest: Rest, where: Properties, prior: Properties): Promise<Properties | null> {
  const server = await rest.find(fill("/{realmId}/clients/{id}/authz/resource-server", where));
  if (server === undefined) return null;
  const names = ["policyEnforcementMode", "decisionStrategy", "allowRemoteResourceManagement"];
  return { ...pick(server, names), keepDefaults: dig(prior, ["authorization", "keepDefaults"]) ?? false };
}

async function serviceAccount(rest: Rest, where: Properties): Promise<Value> {
  return (await rest.find(fill("/{realmId}/clients/{id}/service-account-user", where)))?.["id"] ?? "";
}

/** An OpenID Connect client. `PUT` changes only what it is sent. */
export const openidClient = entity({
  autoName: "name",
  meta: { schemaVersion: 1 },
  address: ["realmId"],
  collection: "/{realmId}/clients",
  carry: "none",
  fixed: { protocol: "openid-connect" },
  fields,
  validate,
  adopt: async ({ rest, where, inputs }) => {
    const clients = await rest.list(fill("/{realmId}/clients", where), {
      clientId: inputs["clientId"] ?? null,
    });
    return idOf(clients?.[0]);
  },
  prepare: (rep, step) => {
    const accessType = step.inputs["accessType"];
    Object.assign(rep, { publicClient: accessType === "PUBLIC", bearerOnly: accessType === "BEARER-ONLY" });
    const secret = writeOnlySecret(step);
    if (secret !== null) rep["secret"] = secret;
  },
  finish: async (step) => {
    await regenerate(step);
    await dropDefaultResource(step);
  },
  extend: async (rep, prior, { rest, where }) => {
    const authorized = rep["authorizationServicesEnabled"] === true;
    return {
      accessType: accessTypeOf(rep),
      serviceAccountUserId: rep["serviceAccountsEnabled"] === true ? await serviceAccount(rest, where) : "",
      resourceServerId: authorized ? (where["id"] ?? null) : null,
      authorization: authorized ? await authorization(rest, where, prior) : null,
      // A write-only secret stays out of the state.
      ...((prior["clientSecretWoVersion"] ?? null) === null ? {} : { clientSecret: null }),
    };
  },
});
