import { TRUSTED_EMAIL, type TrustedEmail } from "../exceptions.ts";
import { type Rule, rule, shown } from "../rule.ts";

/** Whether a provider is listed; the realm's ID is not known before it is made, but the resource's name says the same. */
export function isTrusted(resource: string, listed: readonly TrustedEmail[]): boolean {
  return listed.some(({ realm, alias }) => resource === `realm-${realm}-identity-providers-${alias}`);
}

export const realmRules: readonly Rule[] = [
  rule(
    "realm-baseline",
    "a realm without TLS everywhere, without a brake on guessing, or whose user names may change",
    ["realm"],
    ({ inputs }) => [
      inputs.sslRequired !== "all" && `sslRequired is ${shown(inputs.sslRequired)}; give all`,
      inputs.securityDefenses?.bruteForceDetection === undefined &&
        "no bruteForceDetection; without it passwords can be guessed at any speed",
      inputs.editUsernameAllowed === true && "editUsernameAllowed is true; services know people by that name",
    ],
  ),
  rule(
    "no-automatic-linking",
    "a flow that links an identity to an account because of its e-mail address",
    ["execution"],
    ({ inputs }) => [
      inputs.authenticator === "idp-auto-link" &&
        "idp-auto-link proves nothing; have people log in with an identity that is linked",
    ],
  ),
  rule(
    "federation-in-private",
    "a federation that sends passwords without TLS or stores them in plain text",
    ["federation"],
    ({ inputs }) => [
      !(inputs.connectionUrl ?? "").startsWith("ldaps://") &&
        `connectionUrl is ${shown(inputs.connectionUrl)}; use ldaps`,
      inputs.useTruststoreSpi !== "ALWAYS" &&
        `useTruststoreSpi is ${shown(inputs.useTruststoreSpi)}; give ALWAYS, or certificates are not checked`,
      inputs.usePasswordModifyExtendedOp !== true &&
        "usePasswordModifyExtendedOp is off; passwords would be written in plain text",
    ],
  ),
  rule(
    "trusted-email",
    "an outside identity provider whose e-mail addresses count as verified, unless `policy/exceptions.ts` lists it",
    ["oidcProvider", "githubProvider", "googleProvider", "samlProvider", "federation"],
    ({ inputs, name }) => [
      inputs.trustEmail === true &&
        !isTrusted(name, TRUSTED_EMAIL) &&
        "trustEmail is true; whoever can state any address there could take over accounts. " +
          "Take it out of the stack file, or list the provider in policy/exceptions.ts with the reason",
    ],
  ),
  rule(
    "signed-identities",
    "an identity provider by OpenID Connect or SAML whose answers are not checked by a signature",
    ["oidcProvider", "samlProvider"],
    ({ inputs }) => [
      inputs.validateSignature !== true &&
        // X speaks OAuth 1.0a: Keycloak asks it for each person over TLS.
        !("providerId" in inputs && inputs.providerId === "twitter") &&
        `validateSignature is ${shown(inputs.validateSignature)}; set it, with the provider's keys`,
    ],
  ),
];
