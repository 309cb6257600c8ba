import * as docker from "@pulumi/docker";
import * as keycloak from "@pulumi/keycloak";
import * as postgresql from "@pulumi/postgresql";
import { TOKENS, type Token } from "../../../policy/rule.ts";

test("type tokens are those of the SDKs", () => {
  const types: Readonly<Record<Token, unknown>> = {
    container: docker.Container,
    network: docker.Network,
    volume: docker.Volume,
    remoteImage: docker.RemoteImage,
    database: postgresql.Database,
    realm: keycloak.Realm,
    execution: keycloak.authentication.Execution,
    federation: keycloak.ldap.UserFederation,
    openidClient: keycloak.openid.Client,
    samlClient: keycloak.saml.Client,
    oidcProvider: keycloak.oidc.IdentityProvider,
    githubProvider: keycloak.oidc.GithubIdentityProvider,
    googleProvider: keycloak.oidc.GoogleIdentityProvider,
    samlProvider: keycloak.saml.IdentityProvider,
  };
  for (const [kind, token] of Object.entries(TOKENS))
    expect(types[kind as Token]).toHaveProperty("__pulumiType", token);
});
