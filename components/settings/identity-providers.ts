import { z } from "zod";
import { addFault } from "./fault.ts";
import { entityId, httpsUrl, text } from "./fields.ts";

/** Alias of an identity provider: part of its redirect URI, which the provider has on record. */
const alias = text(
  /^[a-z0-9][a-z0-9-]{0,35}$/,
  "1 to 36 lower-case letters, digits and dashes, beginning with a letter or digit",
);

/** What every identity provider says. Their order in the list is their order on the login page. */
const basics = {
  alias: alias.describe("Name of the provider in its redirect URI; unique in the realm, never renamed."),
  displayName: z.string().min(1).max(64).optional().describe("Name on the button of the login page."),
  icon: text(/\.(svg|png)$/, "the path of an SVG or PNG file")
    .optional()
    .describe(
      "SVG or PNG file for its button, relative to the project, 100 KiB at most. Default: Keycloak's own, for those it knows.",
    ),
  hideOnLoginPage: z
    .boolean()
    .default(false)
    .describe("Whether the login page has no button for it; a service's `kc_idp_hint` still leads to it."),
  trustEmail: z
    .boolean()
    .default(false)
    .describe("Whether e-mail addresses it states count as verified; false unless it verifies every one."),
};

/** What those say as well whose answers Keycloak can copy into accounts. */
const common = {
  ...basics,
  claims: z
    .record(
      text(/^(?!(?:lastLogin|spam)$)[\w.-]{1,255}$/, "an attribute of one's own, of letters, digits and ._-"),
      z.string().min(1),
    )
    .default({})
    .describe(
      "Account attributes by name, each with the provider's claim or attribute that it is copied from at each login; `username`, `email`, `firstName` and `lastName` at the first.",
    ),
};

const clientId = z.string().min(1).max(255).describe("Client ID that the provider gave this realm.");

const github = z
  .strictObject({
    kind: z.literal("github"),
    ...common,
    clientId,
    baseUrl: httpsUrl.optional().describe("A GitHub of one's own; https://github.com by default."),
    apiUrl: httpsUrl.optional().describe("Its API; https://api.github.com by default."),
  })
  .check((context) => {
    const { baseUrl, apiUrl } = context.value;
    // One GitHub's API would get the tokens of another.
    if (baseUrl !== undefined && apiUrl === undefined)
      addFault(context, ["apiUrl"], "the API of the GitHub at baseUrl, such as https://HOST/api/v3");
    if (apiUrl !== undefined && baseUrl === undefined)
      addFault(context, ["baseUrl"], "the GitHub whose API is at apiUrl, such as https://HOST");
  });

const google = z.strictObject({
  kind: z.literal("google"),
  ...common,
  clientId,
  hostedDomain: z.string().min(1).optional().describe("Only accounts of this Google Workspace domain."),
});

const twitter = z.strictObject({ kind: z.literal("twitter"), ...basics, clientId });

const openstackid = z.strictObject({ kind: z.literal("openstackid"), ...common, clientId });

const oidc = z.strictObject({
  kind: z.literal("oidc"),
  ...common,
  clientId,
  issuer: httpsUrl.describe("`iss` of its tokens (OpenID Connect Discovery 1.0)."),
  authorizationUrl: httpsUrl.describe("`authorization_endpoint` of its discovery document."),
  tokenUrl: httpsUrl.describe("`token_endpoint` of its discovery document."),
  jwksUrl: httpsUrl.describe(
    "`jwks_uri` of its discovery document: the keys that its tokens are checked with.",
  ),
  userInfoUrl: httpsUrl.optional().describe("`userinfo_endpoint` of its discovery document."),
  scopes: z
    .string()
    .regex(/\bopenid\b/, { error: "scopes separated by spaces, openid among them" })
    .default("openid profile email")
    .describe("Scopes that are asked for, separated by spaces."),
});

const saml = z.strictObject({
  kind: z.literal("saml"),
  ...common,
  entityId: entityId.describe("Its entity ID."),
  singleSignOnUrl: httpsUrl.describe("Its single sign-on address with the POST binding."),
  signingCertificate: text(
    /^[A-Za-z0-9+/=\s]{100,}$/,
    "a certificate in base64 without its BEGIN and END lines",
  ).describe("Certificate its assertions are checked with: base64, without the BEGIN and END lines."),
  principalAttribute: z
    .string()
    .min(1)
    .optional()
    .describe("Attribute that names the person for good; the persistent NameID by default."),
});

/** Ubuntu One, by OpenID 2.0 through the shim. */
const ubuntuone = z.strictObject({
  kind: z.literal("ubuntuone"),
  ...common,
  alias: common.alias.default("ubuntuone"),
  endpoint: httpsUrl
    .default("https://login.ubuntu.com/+openid")
    .describe("Its OpenID endpoint; no other may answer."),
  teams: z
    .array(text(/^[a-z0-9][a-z0-9.+-]{0,63}$/, "a team's name at Launchpad"))
    .max(50)
    .default([])
    .describe(
      "Teams at Launchpad whose membership is asked for at each login; the account's attribute `teams` takes it.",
    ),
});

/** A provider of OpenID 2.0 or 1.1, through the shim. */
const openid2 = z
  .strictObject({
    kind: z.literal("openid2"),
    ...common,
    endpoint: httpsUrl
      .optional()
      .describe(
        "OpenID 2.0 endpoint of the one provider; by default people enter an OpenID of any provider.",
      ),
  })
  .check((context) => {
    const { endpoint, trustEmail } = context.value;
    if (trustEmail && endpoint === undefined)
      addFault(
        context,
        ["trustEmail"],
        "false without an endpoint: a provider of one's own states any address",
      );
  });

export const identityProviderSettings = z.discriminatedUnion(
  "kind",
  [github, google, twitter, openstackid, oidc, saml, ubuntuone, openid2],
  {
    error:
      "an identity provider whose kind is github, google, twitter, openstackid, oidc, saml, ubuntuone or openid2",
  },
);
