import * as keycloak from "@pulumi/keycloak";
import * as pulumi from "@pulumi/pulumi";
import type { ShimEndpoint } from "../endpoints.ts";
import type { IdentityProviderSettings } from "../settings/schema.ts";
import type { RealmScope } from "./realm.ts";
import { EDITED_ATTRIBUTES } from "./user-profile.ts";
import type { Expectation } from "./verification.ts";

type Of<Kind extends IdentityProviderSettings["kind"]> = Extract<IdentityProviderSettings, { kind: Kind }>;

/** What every provider's resource is made with. */
interface Common {
  readonly realm: pulumi.Input<string>;
  readonly alias: string;
  readonly displayName: string;
  readonly enabled: true;
  readonly trustEmail: boolean;
  readonly hideOnLoginPage: boolean;
  readonly linkOnly: false;
  readonly storeToken: false;
  readonly addReadTokenRoleOnCreate: false;
  readonly guiOrder: string;
  readonly syncMode: "IMPORT";
  readonly firstBrokerLoginFlowAlias: pulumi.Input<string>;
}

/** What a provider's answers and requests are proven with. */
interface Proof {
  /** The client secret; empty for kinds without one. */
  readonly clientSecret: pulumi.Output<string>;
  readonly ownEntityId: pulumi.Input<string>;
  readonly shim: ShimEndpoint | undefined;
}

interface Maker<Settings> {
  /** Name on the button where the settings give none. */
  readonly displayName: string;
  readonly make: (
    name: string,
    settings: Settings,
    common: Common,
    proof: Proof,
    options: pulumi.CustomResourceOptions,
  ) => pulumi.Resource & { readonly alias: pulumi.Output<string> };
}

/** OpenInfra's ID service, formerly OpenStackID; endpoints after its discovery document. */
const OPENSTACKID = "https://id.openinfra.dev";

/** Attributes of the shim by the account attribute that takes each. */
const SHIM_ATTRIBUTES: Readonly<Record<string, string>> = { username: "nickname", email: "email" };

/** How each kind of provider is made. */
const MAKERS: { readonly [Kind in IdentityProviderSettings["kind"]]: Maker<Of<Kind>> } = {
  github: {
    displayName: "GitHub",
    make: (name, { clientId, baseUrl, apiUrl }, common, { clientSecret }, options) =>
      new keycloak.oidc.GithubIdentityProvider(
        name,
        {
          ...common,
          clientId,
          clientSecret,
          ...(baseUrl === undefined ? {} : { baseUrl }),
          ...(apiUrl === undefined ? {} : { apiUrl }),
        },
        options,
      ),
  },
  google: {
    displayName: "Google",
    make: (name, { clientId, hostedDomain }, common, { clientSecret }, options) =>
      new keycloak.oidc.GoogleIdentityProvider(
        name,
        { ...common, clientId, clientSecret, ...(hostedDomain === undefined ? {} : { hostedDomain }) },
        options,
      ),
  },
  twitter: {
    displayName: "X",
    make: (name, { clientId }, common, { clientSecret }, options) =>
      new keycloak.oidc.IdentityProvider(
        name,
        // OAuth 1.0a: Keycloak's own provider knows the addresses, which the resource calls for all the same.
        {
          ...common,
          providerId: "twitter",
          clientId,
          clientSecret,
          authorizationUrl: "https://api.x.com/oauth/authenticate",
          tokenUrl: "https://api.x.com/oauth/access_token",
        },
        options,
      ),
  },
  openstackid: {
    displayName: "OpenInfraID",
    make: (name, { clientId }, common, { clientSecret }, options) =>
      new keycloak.oidc.IdentityProvider(
        name,
        {
          ...common,
          clientId,
          clientSecret,
          issuer: OPENSTACKID,
          authorizationUrl: `${OPENSTACKID}/oauth2/auth`,
          tokenUrl: `${OPENSTACKID}/oauth2/token`,
          userInfoUrl: `${OPENSTACKID}/api/v1/users/info`,
          jwksUrl: `${OPENSTACKID}/oauth2/certs`,
          validateSignature: true,
          defaultScopes: "openid profile email",
        },
        options,
      ),
  },
  oidc: {
    displayName: "OpenID Connect",
    make: (name, settings, common, { clientSecret }, options) =>
      new keycloak.oidc.IdentityProvider(
        name,
        {
          ...common,
          clientId: settings.clientId,
          clientSecret,
          issuer: settings.issuer,
          authorizationUrl: settings.authorizationUrl,
          tokenUrl: settings.tokenUrl,
          jwksUrl: settings.jwksUrl,
          ...(settings.userInfoUrl === undefined
            ? { disableUserInfo: true }
            : { userInfoUrl: settings.userInfoUrl }),
          validateSignature: true,
          defaultScopes: settings.scopes,
          extraConfig: { pkceEnabled: "true", pkceMethod: "S256" },
        },
        options,
      ),
  },
  saml: {
    displayName: "SAML",
    make: (name, settings, common, { ownEntityId }, options) =>
      new keycloak.saml.IdentityProvider(
        name,
        {
          ...common,
          ...SAML,
          entityId: ownEntityId,
          // Has no property of its own; answers of any other issuer are refused.
          extraConfig: { idpEntityId: settings.entityId },
          singleSignOnServiceUrl: settings.singleSignOnUrl,
          signingCertificate: settings.signingCertificate.replaceAll(/\s/g, ""),
          ...(settings.principalAttribute === undefined
            ? { principalType: "SUBJECT" }
            : { principalType: "ATTRIBUTE", principalAttribute: settings.principalAttribute }),
        },
        options,
      ),
  },
  ubuntuone: { displayName: "Ubuntu One", make: throughShim },
  openid2: { displayName: "OpenID", make: throughShim },
};

/** Kinds whose answers are checked by a signature that is set up here. */
const VERIFIED: readonly string[] = ["openstackid", "oidc", "saml", "ubuntuone", "openid2"];

/** What SAML identity providers of any kind must do. */
const SAML = {
  nameIdPolicyFormat: "Persistent",
  postBindingAuthnRequest: true,
  postBindingResponse: true,
  validateSignature: true,
  wantAssertionsSigned: true,
  wantAuthnRequestsSigned: true,
  signatureAlgorithm: "RSA_SHA256",
  xmlSignKeyInfoKeyNameTransformer: "NONE",
} as const;

/** Settings of a provider whose people come through the shim. */
export type ThroughShim = Of<"ubuntuone"> | Of<"openid2">;

/** Whether people of a provider come through the stack's own SAML identity provider. */
export function isThroughShim(settings: IdentityProviderSettings): settings is ThroughShim {
  return settings.kind === "ubuntuone" || settings.kind === "openid2";
}

/** Entity ID that a realm has for the shim: one for each provider, by which the shim tells them apart. */
export function entityIdForShim(issuer: string, alias: string): string {
  return `${issuer}/broker/${alias}`;
}

/** Account attributes by name, each with what of a provider's answer it is copied from. */
export function claimsOf(settings: IdentityProviderSettings): Readonly<Record<string, string>> {
  const asksForTeams = settings.kind === "ubuntuone" && settings.teams.length > 0;
  return {
    ...(isThroughShim(settings) ? SHIM_ATTRIBUTES : {}),
    ...(asksForTeams ? { teams: "teams" } : {}),
    ...("claims" in settings ? settings.claims : {}),
  };
}

function throughShim(
  name: string,
  { alias }: ThroughShim,
  common: Common,
  { ownEntityId, shim }: Proof,
  options: pulumi.CustomResourceOptions,
): keycloak.saml.IdentityProvider {
  if (shim === undefined) throw new pulumi.RunError(`identity provider ${alias}: the stack has no shim`);
  return new keycloak.saml.IdentityProvider(
    name,
    {
      ...common,
      ...SAML,
      entityId: pulumi.output(ownEntityId).apply((issuer) => entityIdForShim(issuer, alias)),
      extraConfig: { idpEntityId: shim.entityId },
      singleSignOnServiceUrl: shim.singleSignOnUrl,
      signingCertificate: shim.signingCertificate.apply((pem) => pem.replaceAll(/-----[^-]+-----|\s/g, "")),
      wantAssertionsEncrypted: shim.encryptsAssertions,
      principalType: "SUBJECT",
    },
    options,
  );
}

type Values = Record<string, string | undefined>;

/** Where a provider's answers come from and whose signature they bear, as Keycloak's admin API says it. */
function believed(made: pulumi.Resource): pulumi.Output<Values> {
  if (made instanceof keycloak.saml.IdentityProvider)
    return pulumi
      .all([made.singleSignOnServiceUrl, made.signingCertificate, made.extraConfig])
      .apply(([singleSignOnUrl, certificate, extra]): Values => ({
        "config.singleSignOnServiceUrl": singleSignOnUrl,
        "config.signingCertificate": certificate ?? "",
        "config.idpEntityId": extra?.idpEntityId ?? "",
        "config.wantAssertionsSigned": "true",
        "config.useMetadataDescriptorUrl": undefined, // or the certificate would not count
      }));
  if (made instanceof keycloak.oidc.IdentityProvider)
    return pulumi
      .all([made.tokenUrl, made.issuer, made.jwksUrl, made.userInfoUrl])
      .apply(([tokenUrl, issuer, jwksUrl, userInfoUrl]): Values => ({
        "config.tokenUrl": tokenUrl,
        "config.useJwksUrl": String((jwksUrl ?? "") !== ""), // or a key that stands beside it counts
        "config.userInfoUrl": (userInfoUrl ?? "") === "" ? undefined : userInfoUrl,
        ...(issuer === undefined ? {} : { "config.issuer": issuer }),
        ...(jwksUrl === undefined ? {} : { "config.jwksUrl": jwksUrl }),
      }));
  if (made instanceof keycloak.oidc.GithubIdentityProvider)
    return pulumi
      .all([made.baseUrl, made.apiUrl])
      .apply(([baseUrl, apiUrl]): Values => ({ "config.baseUrl": baseUrl, "config.apiUrl": apiUrl }));
  return pulumi.output<Values>({});
}

export interface IdentityProvidersArgs extends RealmScope {
  /** In the order of the login page. */
  readonly providers: readonly IdentityProviderSettings[];
  /** Client secrets by alias. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Entity ID of this realm as a SAML service provider. */
  readonly ownEntityId: pulumi.Input<string>;
  /** Where people of providers of OpenID come through. @default the stack has none */
  readonly shim: ShimEndpoint | undefined;
  /** Flow that someone passes who comes with an identity for the first time. */
  readonly firstLoginFlow: pulumi.Input<string>;
  /** Whether an update must refuse to delete a provider, with which go all links to it. @default true */
  readonly protectData?: boolean;
}

/**
 * The outside identity providers of a realm, and what is copied from them into accounts.
 *
 * @stateful a provider's links go with it, also when it comes back
 */
export class IdentityProviders extends pulumi.ComponentResource {
  public constructor(name: string, args: IdentityProvidersArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sso:realm:IdentityProviders", name, {}, opts);
    const options = { parent: this, provider: args.provider, deletedWith: args.deletedWith };
    for (const [index, settings] of args.providers.entries()) {
      const { displayName, make } = MAKERS[settings.kind] as Maker<IdentityProviderSettings>;
      const made = make(
        `${name}-${settings.alias}`,
        settings,
        {
          realm: args.realmId,
          alias: settings.alias,
          displayName: settings.displayName ?? displayName,
          enabled: true,
          trustEmail: settings.trustEmail,
          hideOnLoginPage: settings.hideOnLoginPage,
          linkOnly: false,
          storeToken: false,
          addReadTokenRoleOnCreate: false,
          guiOrder: String(index + 1),
          syncMode: "IMPORT",
          firstBrokerLoginFlowAlias: args.firstLoginFlow,
        },
        {
          clientSecret: pulumi.secret(args.secrets[settings.alias] ?? ""),
          ownEntityId: args.ownEntityId,
          shim: args.shim,
        },
        { ...options, protect: args.protectData ?? true },
      );
      args.expectations.add(
        made,
        pulumi
          .all([args.firstLoginFlow, believed(made)])
          .apply(([firstBrokerLoginFlowAlias, config]): Expectation => ({
            of: `identity provider ${settings.alias}`,
            read: (client, realm) => client.identityProviders.findOne({ realm, alias: settings.alias }),
            values: {
              enabled: true,
              trustEmail: settings.trustEmail,
              firstBrokerLoginFlowAlias,
              ...config,
              ...(VERIFIED.includes(settings.kind) ? { "config.validateSignature": "true" } : {}),
            },
          })),
      );
      const isSaml = settings.kind === "saml" || isThroughShim(settings);
      for (const [userAttribute, claim] of Object.entries(claimsOf(settings))) {
        new keycloak.AttributeImporterIdentityProviderMapper(
          `${name}-${settings.alias}-${userAttribute}`,
          {
            realm: args.realmId,
            identityProviderAlias: made.alias,
            name: userAttribute,
            userAttribute,
            ...(isSaml ? { attributeName: claim } : { claimName: claim }),
            // What people edit is copied once; what only the provider says, at each login.
            extraConfig: { syncMode: EDITED_ATTRIBUTES.includes(userAttribute) ? "INHERIT" : "FORCE" },
          },
          options,
        );
      }
    }
    this.registerOutputs({});
  }
}
