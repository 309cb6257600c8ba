import { clientRules } from "../../../policy/rules/clients.ts";
import { isTrusted, realmRules } from "../../../policy/rules/realms.ts";
import { testRules, without } from "./cases.ts";
import { FEDERATION, OPENID_CLIENT, PROVIDER, REALM, SAML_CLIENT } from "./samples.ts";

testRules([...realmRules, ...clientRules], {
  "realm-baseline": {
    of: "realm",
    passes: [{ inputs: REALM }],
    refused: [
      [{ inputs: { ...REALM, sslRequired: "external" } }, 'sslRequired is "external"'],
      [{ inputs: without(REALM, "sslRequired") }, "sslRequired is nothing"],
      [{ inputs: without(REALM, "securityDefenses") }, "no bruteForceDetection"],
      [{ inputs: { ...REALM, editUsernameAllowed: true } }, "editUsernameAllowed is true"],
    ],
  },
  "no-automatic-linking": {
    of: "execution",
    passes: [{ inputs: { authenticator: "idp-confirm-link" } }],
    refused: [[{ inputs: { authenticator: "idp-auto-link" } }, "idp-auto-link proves nothing"]],
  },
  "federation-in-private": {
    of: "federation",
    passes: [{ inputs: FEDERATION }],
    refused: [
      [
        { inputs: { ...FEDERATION, connectionUrl: "ldap://openldap:389" } },
        'connectionUrl is "ldap://openldap:389"',
      ],
      [{ inputs: { ...FEDERATION, useTruststoreSpi: "NEVER" } }, 'useTruststoreSpi is "NEVER"'],
      [{ inputs: without(FEDERATION, "usePasswordModifyExtendedOp") }, "in plain text"],
    ],
  },
  "trusted-email": {
    of: "oidcProvider",
    passes: [{ inputs: PROVIDER }, { inputs: FEDERATION }],
    refused: [
      [{ inputs: { ...PROVIDER, trustEmail: true } }, "trustEmail is true"],
      [{ inputs: { ...FEDERATION, trustEmail: true } }, "trustEmail is true"],
    ],
  },
  "signed-identities": {
    of: "samlProvider",
    passes: [{ inputs: PROVIDER }, { inputs: { providerId: "twitter" } }],
    refused: [
      [{ inputs: { ...PROVIDER, validateSignature: false } }, "validateSignature is false"],
      [{ inputs: without(PROVIDER, "validateSignature") }, "validateSignature is nothing"],
    ],
  },
  "exact-redirect-uris": {
    of: "openidClient",
    passes: [{ inputs: OPENID_CLIENT }, { inputs: SAML_CLIENT }],
    refused: [
      [
        { inputs: { ...OPENID_CLIENT, validRedirectUris: ["https://talk.example.org/*"] } },
        "https://talk.example.org/*",
      ],
      [{ inputs: { ...OPENID_CLIENT, validRedirectUris: ["*"] } }, '"*"'],
      [{ inputs: { ...OPENID_CLIENT, validRedirectUris: ["http://talk.example.org/"] } }, "http://talk"],
      [{ inputs: { ...OPENID_CLIENT, validRedirectUris: ["/callback"] } }, "/callback"],
      [
        { inputs: { ...OPENID_CLIENT, validPostLogoutRedirectUris: ["+"] } },
        'validPostLogoutRedirectUris has "+"',
      ],
      [
        { inputs: { ...SAML_CLIENT, validRedirectUris: ["https://*.example.org/"] } },
        "https://*.example.org/",
      ],
    ],
  },
  "exact-web-origins": {
    of: "openidClient",
    passes: [{ inputs: OPENID_CLIENT }],
    refused: [
      [{ inputs: { ...OPENID_CLIENT, webOrigins: ["*"] } }, 'webOrigins has "*"'],
      [{ inputs: { ...OPENID_CLIENT, webOrigins: ["+"] } }, 'webOrigins has "+"'],
    ],
  },
  "public-clients-use-pkce": {
    of: "openidClient",
    passes: [
      { inputs: OPENID_CLIENT },
      { inputs: { ...OPENID_CLIENT, accessType: "PUBLIC" } },
      { inputs: { ...OPENID_CLIENT, pkceCodeChallengeMethod: "" } },
      {
        inputs: {
          ...OPENID_CLIENT,
          clientId: "zuul",
          accessType: "PUBLIC",
          standardFlowEnabled: false,
          implicitFlowEnabled: true,
          pkceCodeChallengeMethod: "",
        },
      },
    ],
    refused: [
      [
        { inputs: { ...OPENID_CLIENT, accessType: "PUBLIC", pkceCodeChallengeMethod: "" } },
        'pkceCodeChallengeMethod is ""; a public client needs S256',
      ],
      [
        { inputs: { ...OPENID_CLIENT, accessType: "PUBLIC", pkceCodeChallengeMethod: "plain" } },
        'pkceCodeChallengeMethod is "plain"',
      ],
      [{ inputs: { ...OPENID_CLIENT, implicitFlowEnabled: true } }, 'client "talk" uses the implicit flow'],
    ],
  },
  "no-passwords-for-clients": {
    of: "openidClient",
    passes: [{ inputs: OPENID_CLIENT }],
    refused: [
      [
        { inputs: { ...OPENID_CLIENT, directAccessGrantsEnabled: true } },
        "directAccessGrantsEnabled is true",
      ],
    ],
  },
  "signed-saml-responses": {
    of: "samlClient",
    passes: [{ inputs: SAML_CLIENT }],
    refused: [
      [{ inputs: { ...SAML_CLIENT, signDocuments: false } }, "signDocuments is false"],
      [{ inputs: { ...SAML_CLIENT, signatureAlgorithm: "RSA_SHA1" } }, 'signatureAlgorithm is "RSA_SHA1"'],
    ],
  },
});

test("a provider is trusted in the realm that lists it, and nowhere else", () => {
  const listed = [{ realm: "developers", alias: "campus", why: "mails a code to each address" }];
  expect(isTrusted("realm-developers-identity-providers-campus", listed)).toBe(true);
  expect(isTrusted("realm-community-identity-providers-campus", listed)).toBe(false);
  expect(isTrusted("realm-developers-identity-providers-campus-2", listed)).toBe(false);
});
