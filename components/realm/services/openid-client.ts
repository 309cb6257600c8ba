import * as keycloak from "@pulumi/keycloak";
import type * as pulumi from "@pulumi/pulumi";
import type { RealmScope } from "../realm.ts";
import { expectClient } from "./client-expectation.ts";
import type { Claim, OpenidClient } from "./preset.ts";

/** Keycloak's client scope that holds a claim, but for those that the realm's own scope holds. */
const SCOPES: Readonly<Record<Exclude<Claim, "groups" | "roles">, string>> = {
  sub: "basic",
  preferred_username: "profile",
  name: "profile",
  email: "email",
  email_verified: "email",
};

export interface OpenidClientArgs extends RealmScope {
  readonly client: OpenidClient;
  readonly clientId: string;
  /** Name that people see. */
  readonly title: string;
  /** Base URL of the service. */
  readonly url: string;
  /** Secret; absent for a public client. */
  readonly clientSecret?: pulumi.Input<string>;
  /** Name of the client scope with groups and roles, known once it is there. */
  readonly groupsScope: pulumi.Input<string>;
}

/**
 * An OpenID Connect client: one flow, exact redirect URIs, no passwords, no consent (the services are the community's
 * own), and no more scopes than the claims that the service reads.
 */
export function newOpenidClient(
  name: string,
  args: OpenidClientArgs,
  options: pulumi.CustomResourceOptions,
): keycloak.openid.Client {
  const { realmId, client } = args;
  const made = new keycloak.openid.Client(
    `${name}-client`,
    {
      realmId,
      clientId: args.clientId,
      name: args.title,
      enabled: true,
      accessType: client.access === "public" ? "PUBLIC" : "CONFIDENTIAL",
      ...(args.clientSecret === undefined ? {} : { clientSecret: args.clientSecret }),
      standardFlowEnabled: client.flow === "code",
      implicitFlowEnabled: client.flow === "implicit",
      directAccessGrantsEnabled: false,
      serviceAccountsEnabled: false,
      frontchannelLogoutEnabled: false,
      consentRequired: false,
      fullScopeAllowed: false,
      baseUrl: args.url,
      validRedirectUris: [...client.redirectUris],
      validPostLogoutRedirectUris: [...client.postLogoutRedirectUris],
      webOrigins: [...client.webOrigins],
      pkceCodeChallengeMethod: client.pkce ? "S256" : "",
    },
    options,
  );
  expectClient(args, made, {
    publicClient: client.access === "public",
    standardFlowEnabled: client.flow === "code",
    implicitFlowEnabled: client.flow === "implicit",
    directAccessGrantsEnabled: false,
    serviceAccountsEnabled: false,
    redirectUris: [...client.redirectUris],
    // Keycloak joins these in one attribute.
    "attributes.post.logout.redirect.uris": client.postLogoutRedirectUris.join("##"),
    webOrigins: [...client.webOrigins],
    "attributes.pkce.code.challenge.method": client.pkce ? "S256" : undefined,
  });
  const place = { realmId, clientId: made.id };
  new keycloak.openid.ClientDefaultScopes(
    `${name}-scopes`,
    {
      ...place,
      defaultScopes: [
        "acr",
        ...(client.webOrigins.length > 0 ? ["web-origins"] : []),
        ...new Set(
          client.claims.map((claim) =>
            claim === "groups" || claim === "roles" ? args.groupsScope : SCOPES[claim],
          ),
        ),
      ],
    },
    options,
  );
  // Keycloak's own optional ones would let any service ask for offline access.
  new keycloak.openid.ClientOptionalScopes(`${name}-no-scopes`, { ...place, optionalScopes: [] }, options);
  if (client.audience) {
    new keycloak.openid.AudienceProtocolMapper(
      `${name}-audience`,
      { ...place, name: "audience", includedClientAudience: args.clientId, addToIdToken: false },
      options,
    );
  }
  return made;
}
