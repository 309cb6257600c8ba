import { IMPLICIT_CLIENTS } from "../exceptions.ts";
import { type Rule, rule, shown } from "../rule.ts";

/** Whether a URI names one place: https, a host, no wildcard. */
function isExact(uri: string): boolean {
  return !uri.includes("*") && URL.canParse(uri) && new URL(uri).protocol === "https:";
}

const isImplicit = (clientId: string | undefined): boolean =>
  IMPLICIT_CLIENTS.some((client) => client.clientId === clientId);

export const clientRules: readonly Rule[] = [
  rule(
    "exact-redirect-uris",
    "a client whose logins or logouts may return to more than exact https addresses",
    ["openidClient", "samlClient"],
    ({ inputs }) => [
      ...(inputs.validRedirectUris ?? []).map(
        (uri) => !isExact(uri) && `validRedirectUris has ${shown(uri)}; give exact https addresses`,
      ),
      ...("validPostLogoutRedirectUris" in inputs ? (inputs.validPostLogoutRedirectUris ?? []) : []).map(
        (uri) => !isExact(uri) && `validPostLogoutRedirectUris has ${shown(uri)}; give exact https addresses`,
      ),
    ],
  ),
  rule(
    "exact-web-origins",
    "a client that lets pages of any site call Keycloak",
    ["openidClient"],
    ({ inputs }) =>
      (inputs.webOrigins ?? []).map(
        (origin) => !isExact(origin) && `webOrigins has ${shown(origin)}; give exact https origins`,
      ),
  ),
  rule(
    "public-clients-use-pkce",
    "a public client whose logins need no PKCE challenge, or that uses the implicit flow without being listed",
    ["openidClient"],
    ({ inputs }) => [
      inputs.accessType === "PUBLIC" &&
        inputs.standardFlowEnabled !== false &&
        inputs.pkceCodeChallengeMethod !== "S256" &&
        `pkceCodeChallengeMethod is ${shown(inputs.pkceCodeChallengeMethod)}; a public client needs S256`,
      inputs.implicitFlowEnabled === true &&
        !isImplicit(inputs.clientId) &&
        `client ${shown(inputs.clientId)} uses the implicit flow; use the code flow, or list it in policy/exceptions.ts`,
    ],
  ),
  rule(
    "no-passwords-for-clients",
    "a client that takes people's passwords itself",
    ["openidClient"],
    ({ inputs }) => [
      inputs.directAccessGrantsEnabled === true && "directAccessGrantsEnabled is true; leave it off",
    ],
  ),
  rule(
    "signed-saml-responses",
    "a SAML client whose responses are unsigned, or signed by an old algorithm",
    ["samlClient"],
    ({ inputs }) => [
      inputs.signDocuments !== true && `signDocuments is ${shown(inputs.signDocuments)}; sign every response`,
      !["RSA_SHA256", "RSA_SHA512"].includes(inputs.signatureAlgorithm ?? "") &&
        `signatureAlgorithm is ${shown(inputs.signatureAlgorithm)}; give RSA_SHA256`,
    ],
  ),
];
