import * as keycloak from "@pulumi/keycloak";
import * as pulumi from "@pulumi/pulumi";
import type { LdapEndpoint } from "../endpoints.ts";
import type { DirectoryRealmSettings } from "../settings/schema.ts";
import { LdapFederation } from "./ldap-federation.ts";
import { pagesOf } from "./pages.ts";
import { BRUTE_FORCE, CONTENT_SECURITY_POLICY, passwordPolicyOf, seconds } from "./policy.ts";

export interface DirectoryRealmArgs {
  readonly settings: DirectoryRealmSettings;
  readonly ldap: LdapEndpoint;
  /** Keycloak's public base URL without a trailing slash. */
  readonly publicUrl: string;
  readonly provider: keycloak.Provider;
  /** What goes away with all that is in it, so that a destroy need not empty it first. */
  readonly deletedWith: pulumi.Resource;
  /** Whether `pulumi destroy` must refuse to delete the realm. @default true */
  readonly protectData?: boolean;
}

/**
 * A realm whose people have accounts in OpenLDAP.
 *
 * @stateful signing keys and local settings of the accounts live in the realm
 */
export class DirectoryRealm extends pulumi.ComponentResource {
  /** `iss` of the realm's tokens. */
  public readonly issuer: pulumi.Output<string>;
  /** ID of the LDAP provider, which a sync is asked of. */
  public readonly federationId: pulumi.Output<string>;

  public constructor(name: string, args: DirectoryRealmArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sso:realm:DirectoryRealm", name, {}, opts);
    const { settings } = args;
    const options = { parent: this, provider: args.provider, deletedWith: args.deletedWith };
    const realm = new keycloak.Realm(
      `${name}-realm`,
      {
        realm: settings.name,
        enabled: true,
        displayName: settings.displayName,
        ...pagesOf(settings),
        sslRequired: "all",
        registrationAllowed: settings.registration,
        // Brokered and aliased names are built on user names, so these never change.
        editUsernameAllowed: false,
        loginWithEmailAllowed: true,
        duplicateEmailsAllowed: false,
        resetPasswordAllowed: false,
        rememberMe: true,
        passwordPolicy: passwordPolicyOf(settings.passwordPolicy.minLength),
        defaultSignatureAlgorithm: "RS256",
        accessTokenLifespan: seconds(settings.sessions.accessTokenSec),
        ssoSessionIdleTimeout: seconds(settings.sessions.idleSec),
        ssoSessionMaxLifespan: seconds(settings.sessions.maxSec),
        revokeRefreshToken: true,
        refreshTokenMaxReuse: 0,
        securityDefenses: {
          bruteForceDetection: BRUTE_FORCE,
          headers: { contentSecurityPolicy: CONTENT_SECURITY_POLICY },
        },
      },
      { ...options, protect: args.protectData ?? true },
    );
    new keycloak.RealmEvents(
      `${name}-events`,
      {
        realmId: realm.id,
        eventsEnabled: true,
        eventsExpiration: 90 * 86_400,
        adminEventsEnabled: true,
        adminEventsDetailsEnabled: true,
        eventsListeners: ["jboss-logging"],
      },
      options,
    );
    const federation = new LdapFederation(
      `${name}-ldap`,
      {
        realmId: realm.id,
        ldap: args.ldap,
        sync: settings.sync,
        provider: args.provider,
        deletedWith: args.deletedWith,
        ...(args.protectData === undefined ? {} : { protectData: args.protectData }),
      },
      { parent: this },
    );
    this.issuer = pulumi.interpolate`${args.publicUrl}/realms/${realm.realm}`;
    this.federationId = federation.providerId;
    this.registerOutputs({ issuer: this.issuer, federationId: this.federationId });
  }
}
