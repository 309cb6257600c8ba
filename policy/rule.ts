import type * as docker from "@pulumi/docker";
import type * as keycloak from "@pulumi/keycloak";
import type * as pulumi from "@pulumi/pulumi";

/** The official type token of each type that rules are about, and its inputs. */
export const TOKENS = {
  container: "docker:index/container:Container",
  network: "docker:index/network:Network",
  volume: "docker:index/volume:Volume",
  remoteImage: "docker:index/remoteImage:RemoteImage",
  database: "postgresql:index/database:Database",
  realm: "keycloak:index/realm:Realm",
  execution: "keycloak:authentication/execution:Execution",
  federation: "keycloak:ldap/userFederation:UserFederation",
  openidClient: "keycloak:openid/client:Client",
  samlClient: "keycloak:saml/client:Client",
  oidcProvider: "keycloak:oidc/identityProvider:IdentityProvider",
  githubProvider: "keycloak:oidc/githubIdentityProvider:GithubIdentityProvider",
  googleProvider: "keycloak:oidc/googleIdentityProvider:GoogleIdentityProvider",
  samlProvider: "keycloak:saml/identityProvider:IdentityProvider",
} as const;

export type Token = keyof typeof TOKENS;

interface Arguments {
  readonly container: docker.ContainerArgs;
  readonly network: docker.NetworkArgs;
  readonly volume: docker.VolumeArgs;
  readonly remoteImage: docker.RemoteImageArgs;
  readonly database: object;
  readonly realm: keycloak.RealmArgs;
  readonly execution: keycloak.authentication.ExecutionArgs;
  readonly federation: keycloak.ldap.UserFederationArgs;
  readonly openidClient: keycloak.openid.ClientArgs;
  readonly samlClient: keycloak.saml.ClientArgs;
  readonly oidcProvider: keycloak.oidc.IdentityProviderArgs;
  readonly githubProvider: keycloak.oidc.GithubIdentityProviderArgs;
  readonly googleProvider: keycloak.oidc.GoogleIdentityProviderArgs;
  readonly samlProvider: keycloak.saml.IdentityProviderArgs;
}

/** What the program asked of a resource, secrets opened; all of it may be missing, whatever its type demands. */
export type Inputs<Kind extends Token> = Partial<pulumi.Unwrap<Arguments[Kind]>>;

/** A resource as a rule sees it. */
export interface Checked<Values> {
  /** Name of the Pulumi stack. */
  readonly stack: string;
  /** Name in the program. */
  readonly name: string;
  /** Whether Pulumi refuses to delete it. */
  readonly isProtected: boolean;
  /** Reading a value that is known only after an update throws, and the rule is asked again by that update. */
  readonly inputs: Values;
}

/** Something that no stack may be. */
export interface Rule {
  /** What the CLI calls it. */
  readonly name: string;
  /** What is refused, for people: a line of the operator guide. */
  readonly refuses: string;
  /** Type tokens of the resources that it is about. */
  readonly tokens: readonly string[];
  /** What is wrong with a resource, and the remedy; nothing for one that is in order. */
  readonly check: (resource: Checked<object>) => readonly string[];
}

/** A rule about resources of one or more types, with the inputs that these have in common. */
export function rule<Kind extends Token>(
  name: string,
  refuses: string,
  of: readonly Kind[],
  check: (resource: Checked<Inputs<Kind>>) => readonly (string | false | undefined)[],
): Rule {
  return {
    name,
    refuses,
    tokens: of.map((kind) => TOKENS[kind]),
    // The tokens above see to it that inputs are of these types.
    check: (resource) =>
      check(resource as Checked<Inputs<Kind>>).filter((fault) => typeof fault === "string"),
  };
}

/** A value as it stands in a message. */
export function shown(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}
