import type { Paste, SamlPreset, SamlPresetName, SamlValues, ServiceOf } from "./preset.ts";

const CLAIMS = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims";

/** Path of Zanata's assertion consumer, whose URL PicketLink also takes for the entity ID. */
const ZANATA_LOGIN = "/account/ssologin";

const singleSignOn = (issuer: string): string => `${issuer}/protocol/saml`;

/** A certificate as PEM (RFC 7468). */
function pem(certificate: string): string {
  const lines = certificate.match(/.{1,64}/g) ?? [];
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----"].join("\n");
}

/** Presets for services that speak SAML 2.0. */
export const SAML_PRESETS: { readonly [Name in SamlPresetName]: SamlPreset<ServiceOf<Name>> } = {
  // server/etc/sample-picketlink.xml and SAMLAttribute.java of Zanata 4.6
  zanata: {
    protocol: "saml",
    title: "Zanata",
    client: ({ url, signingCertificate }) => ({
      entityId: `${url}${ZANATA_LOGIN}`,
      acsUrl: `${url}${ZANATA_LOGIN}`,
      nameId: "username",
      attributes: {
        uid: { property: "username" },
        // Keycloak maps no whole name; people complete it at their first login.
        cn: { property: "firstName" },
        email: { property: "email" },
        // Zanata takes only principals with this role for logged in.
        Role: { constant: "authenticated" },
        groups: "groups",
      },
      roles: false,
      signAssertions: true,
      startedHere: false,
      signingCertificate,
    }),
    paste: ({ issuer, publicUrl, signingCertificate }, { acsUrl }) => [
      {
        where: "picketlink.xml",
        text: `<IdentityURL>${singleSignOn(issuer)}</IdentityURL>
<ServiceURL>${acsUrl}</ServiceURL>
<ValidatingAlias Key="${new URL(publicUrl).hostname}" Value="sso" />`,
      },
      { where: "PicketLink's keystore, alias sso", text: pem(signingCertificate) },
    ],
    note: "it gives an account to whoever comes first with the same e-mail address: only for a realm that verifies them",
  },
  // support.atlassian.com, Configure SAML single sign-on with an identity provider
  atlassian: {
    protocol: "saml",
    title: "Atlassian",
    client: ({ entityId, acsUrl, nameId, singleLogoutUrl }) => ({
      entityId,
      acsUrl,
      nameId,
      attributes: {
        [`${CLAIMS}/givenname`]: { property: "firstName" },
        [`${CLAIMS}/surname`]: { property: "lastName" },
        // Never changes, unlike an address.
        [`${CLAIMS}/name`]: { property: "username" },
      },
      roles: false,
      signAssertions: false,
      startedHere: true,
      singleLogoutUrl,
    }),
    paste: ({ issuer, signingCertificate }, _, { name }) => [
      {
        where: "admin.atlassian.com, Security, Identity providers, SAML single sign-on",
        text: `Identity provider Entity ID: ${issuer}
Identity provider SSO URL: ${singleSignOn(issuer)}
Public x509 certificate:
${pem(signingCertificate)}`,
      },
      { where: "links that start the login", text: `${singleSignOn(issuer)}/clients/${name}` },
    ],
  },
  saml: {
    protocol: "saml",
    title: "SAML",
    client: ({ entityId, acsUrl, nameId, attributes, signingCertificate, singleLogoutUrl }) => ({
      entityId,
      acsUrl,
      nameId,
      attributes: {
        groups: "groups",
        ...Object.fromEntries(
          Object.entries(attributes).map(([name, attribute]) => [name, { attribute }] as const),
        ),
      },
      roles: true,
      signAssertions: true,
      startedHere: false,
      signingCertificate,
      singleLogoutUrl,
    }),
    paste: genericSaml,
  },
};

/** What any SAML service provider asks for. */
function genericSaml({ issuer, signingCertificate }: SamlValues): readonly Paste[] {
  return [
    {
      where: "its SAML identity provider",
      text: `entity ID: ${issuer}
single sign-on URL (POST and Redirect bindings): ${singleSignOn(issuer)}
single logout URL (POST and Redirect bindings): ${singleSignOn(issuer)}
metadata: ${singleSignOn(issuer)}/descriptor
signing certificate:
${pem(signingCertificate)}`,
    },
  ];
}
