import type { Properties, ResourceType, Value } from "../../core/definition.ts";
import { named } from "../codec.ts";
import type { Connection } from "../connection.ts";
import { entity, fill } from "../entity.ts";
import type { Step } from "../entity.ts";
import { native, quoted } from "../field.ts";
import type { Fields } from "../field.ts";
import { asObject, isBlank } from "../value.ts";

const top = native();
const config = quoted("config");

/** What all identity providers have. */
const common: Fields = {
  alias: top.text("alias"),
  internalId: top.text("internalId", { kept: true }),
  displayName: top.text("displayName"),
  enabled: top.flag("enabled", { default: true }),
  storeToken: top.flag("storeToken", { default: true }),
  addReadTokenRoleOnCreate: top.flag("addReadTokenRoleOnCreate"),
  authenticateByDefault: top.flag("authenticateByDefault"),
  linkOnly: top.flag("linkOnly"),
  hideOnLoginPage: top.flag("hideOnLogin"),
  trustEmail: top.flag("trustEmail"),
  firstBrokerLoginFlowAlias: top.text("firstBrokerLoginFlowAlias", { default: "first broker login" }),
  postBrokerLoginFlowAlias: top.text("postBrokerLoginFlowAlias"),
  organizationId: { otherwise: "" },
  extraConfig: { extra: "config" },
  guiOrder: config.text("guiOrder"),
  syncMode: config.text("syncMode", { default: "LEGACY", oneOf: ["IMPORT", "FORCE", "LEGACY"] }),
  orgDomain: config.text("kc.org.domain"),
  orgRedirectModeEmailMatches: config.flag("kc.org.broker.redirect.mode.email-matches"),
};

const organization = (where: Properties, id: Value): string =>
  fill("/{realm}/organizations/{organization}/identity-providers", { ...where, organization: id });

/** What tells a kind of identity provider from the others, besides its properties. */
interface Kind {
  /** The official plugin's default for `providerId`. */
  readonly providerId: string;
  /** Where the program may leave the alias out. @default it must be given */
  readonly alias?: string;
  readonly schemaVersion?: number;
  /** Configuration that follows from the program's. */
  derive?(inputs: Properties): Properties;
}

/** An identity provider: `alias` is its ID. Keycloak replaces it whole and masks its secret on the way out. */
function provider(kind: Kind, own: Fields): ResourceType<Connection> {
  const { providerId, alias, schemaVersion } = kind;
  return entity({
    ...(schemaVersion === undefined ? {} : { meta: { schemaVersion } }),
    address: ["realm"],
    collection: "/{realm}/identity-provider/instances",
    carry: "everything",
    fields: { ...common, providerId: top.text("providerId", { default: providerId }), ...own },
    prepare: (rep, step) => {
      if (alias !== undefined) rep["alias"] ??= alias;
      rep["config"] = { ...asObject(rep["config"]), ...kind.derive?.(step.inputs), ...newSecret(step) };
    },
    finish: async ({ rest, where, inputs, state }) => {
      const [old, wanted] = [state?.["organizationId"] ?? "", inputs["organizationId"] ?? ""];
      if (old === wanted) return;
      if (old !== "") await rest.remove(organization(where, old) + fill("/{id}", where));
      if (wanted !== "") await rest.post(organization(where, wanted), where["id"] ?? null);
    },
    extend: (rep) => ({ organizationId: rep["organizationId"] ?? "" }),
  });
}

/** A write-only secret is sent when its version changes. */
function newSecret({ inputs, state }: Step): Properties {
  const version = inputs["clientSecretWoVersion"] ?? null;
  if (version === null || version === (state?.["clientSecretWoVersion"] ?? null)) return {};
  return { clientSecret: inputs["clientSecretWo"] ?? null };
}

const kept = { kept: true } as const;

const credentials: Fields = {
  clientId: config.text("clientId"),
  clientSecret: config.text("clientSecret", { hidden: true }),
};
const writeOnly: Fields = {
  clientSecretWo: { otherwise: null, writeOnly: true },
  clientSecretWoVersion: { otherwise: null },
};
/** Providers that Keycloak knows by name may leave out what they are called. */
const social: Fields = {
  ...credentials,
  alias: top.text("alias", kept),
  displayName: top.text("displayName", kept),
};
const prompt: Fields = {
  acceptsPromptNoneForwardFromClient: config.flag("acceptsPromptNoneForwardFromClient"),
  disableUserInfo: config.flag("disableUserInfo"),
  loginHint: config.text("loginHint"),
};

const nameIdFormat = (version: string, name: string): string =>
  `urn:oasis:names:tc:SAML:${version}:nameid-format:${name}`;
const nameIdFormats = named({
  "Windows Domain Qualified Name": nameIdFormat("1.1", "WindowsDomainQualifiedName"),
  Persistent: nameIdFormat("2.0", "persistent"),
  Email: nameIdFormat("1.1", "emailAddress"),
  Kerberos: nameIdFormat("2.0", "kerberos"),
  "X.509 Subject Name": nameIdFormat("1.1", "X509SubjectName"),
  Unspecified: nameIdFormat("1.1", "unspecified"),
  Transient: nameIdFormat("2.0", "transient"),
});

const SIGNATURE_ALGORITHMS = [
  "",
  "RSA_SHA1",
  "RSA_SHA256",
  "RSA_SHA256_MGF1",
  "RSA_SHA512",
  "RSA_SHA512_MGF1",
  "DSA_SHA1",
];

const samlBindings: Fields = {
  entityId: config.text("entityId"),
  singleSignOnServiceUrl: config.text("singleSignOnServiceUrl"),
  singleLogoutServiceUrl: config.text("singleLogoutServiceUrl"),
  backchannelSupported: config.flag("backchannelSupported"),
  postBindingAuthnRequest: config.flag("postBindingAuthnRequest"),
  postBindingResponse: config.flag("postBindingResponse"),
  postBindingLogout: config.flag("postBindingLogout"),
  forceAuthn: config.flag("forceAuthn"),
  loginHint: config.text("loginHint"),
};

const samlTrust: Fields = {
  validateSignature: config.flag("validateSignature"),
  signingCertificate: config.text("signingCertificate"),
  signatureAlgorithm: config.text("signatureAlgorithm", { oneOf: SIGNATURE_ALGORITHMS }),
  xmlSignKeyInfoKeyNameTransformer: config.text("xmlSigKeyInfoKeyNameTransformer", {
    oneOf: ["", "NONE", "KEY_ID", "CERT_SUBJECT"],
  }),
  wantAssertionsSigned: config.flag("wantAssertionsSigned"),
  wantAssertionsEncrypted: config.flag("wantAssertionsEncrypted"),
  wantAuthnRequestsSigned: config.flag("wantAuthnRequestsSigned", kept),
};

const samlSubject: Fields = {
  nameIdPolicyFormat: config.as(nameIdFormats, "nameIDPolicyFormat"),
  principalType: config.text("principalType", { oneOf: ["", "SUBJECT", "ATTRIBUTE", "FRIENDLY_ATTRIBUTE"] }),
  principalAttribute: config.text("principalAttribute"),
  authnContextClassRefs: config.jsonList("authnContextClassRefs"),
  authnContextDeclRefs: config.jsonList("authnContextDeclRefs"),
  authnContextComparisonType: config.text("authnContextComparisonType", {
    oneOf: ["", "exact", "minimum", "maximum", "better"],
  }),
};

/** Any provider that speaks OpenID Connect. */
const oidc = provider(
  {
    providerId: "oidc",
    schemaVersion: 1,
    derive: ({ jwksUrl }) => ({ useJwksUrl: String(!isBlank(jwksUrl)) }),
  },
  {
    ...credentials,
    ...writeOnly,
    ...prompt,
    displayName: top.text("displayName", kept),
    backchannelSupported: config.flag("backchannelSupported", { default: true }),
    validateSignature: config.flag("validateSignature"),
    authorizationUrl: config.text("authorizationUrl"),
    tokenUrl: config.text("tokenUrl"),
    userInfoUrl: config.text("userInfoUrl"),
    jwksUrl: config.text("jwksUrl"),
    logoutUrl: config.text("logoutUrl"),
    issuer: config.text("issuer"),
    uiLocales: config.flag("uiLocales"),
    defaultScopes: config.text("defaultScope", { default: "openid" }),
    disableTypeClaimCheck: config.flag("disableTypeClaimCheck"),
  },
);

const google = provider(
  { providerId: "google", alias: "google", derive: () => ({ useJwksUrl: "true" }) },
  {
    ...social,
    ...prompt,
    hostedDomain: config.text("hostedDomain"),
    useUserIpParam: config.flag("userIp"),
    requestRefreshToken: config.flag("offlineAccess"),
    defaultScopes: config.text("defaultScope", { default: "openid profile email" }),
  },
);

const github = provider(
  { providerId: "github", alias: "github" },
  {
    ...social,
    baseUrl: config.text("baseUrl", { default: "https://github.com" }),
    apiUrl: config.text("apiUrl", { default: "https://api.github.com" }),
    githubJsonFormat: config.flag("githubJsonFormat"),
    defaultScopes: config.text("defaultScope", { default: "user:email" }),
  },
);

/** Any provider that speaks SAML 2.0. */
const saml = provider(
  {
    providerId: "saml",
    // Who names an algorithm wants to sign.
    derive: ({ signatureAlgorithm, wantAuthnRequestsSigned }) =>
      (wantAuthnRequestsSigned ?? null) === null
        ? { wantAuthnRequestsSigned: String(!isBlank(signatureAlgorithm)) }
        : {},
  },
  { ...samlBindings, ...samlTrust, ...samlSubject },
);

/** The identity providers of the official plugin, by token. */
export const identityProviders: Readonly<Record<string, ResourceType<Connection>>> = {
  "keycloak:oidc/identityProvider:IdentityProvider": oidc,
  "keycloak:oidc/googleIdentityProvider:GoogleIdentityProvider": google,
  "keycloak:oidc/githubIdentityProvider:GithubIdentityProvider": github,
  "keycloak:saml/identityProvider:IdentityProvider": saml,
};
