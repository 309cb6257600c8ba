import * as keycloak from "@pulumi/keycloak";
import * as pulumi from "@pulumi/pulumi";
import type { SmtpEndpoint } from "../endpoints.ts";
import type { RealmSettings } from "../settings/schema.ts";
import { BRUTE_FORCE, contentSecurityPolicy, seconds } from "./policy.ts";

/** Where a part of a realm goes. */
export interface RealmScope {
  readonly realmId: pulumi.Input<string>;
  readonly provider: keycloak.Provider;
  /** What goes away with all that is in it, so that a destroy need not empty it first. */
  readonly deletedWith: pulumi.Resource;
}

/** What a realm of either kind needs. */
export interface RealmArgs<Kind extends RealmSettings> {
  readonly settings: Kind;
  /** Keycloak's public base URL without a trailing slash. */
  readonly publicUrl: string;
  /** Takes the realm's e-mail. */
  readonly smtp: SmtpEndpoint;
  /** Secrets of the realm by name; it has all that its settings call for. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly provider: keycloak.Provider;
  readonly deletedWith: pulumi.Resource;
  /** Whether `pulumi destroy` must refuse to delete the realm. @default true */
  readonly protectData?: boolean;
}

/**
 * A realm with what both kinds share, and the events it keeps; `own` is what its kind adds, and `frames` what its
 * pages may frame.
 */
export function newRealm(
  name: string,
  args: RealmArgs<RealmSettings>,
  own: Partial<keycloak.RealmArgs> & { readonly frames?: readonly string[] },
  options: pulumi.CustomResourceOptions,
): keycloak.Realm {
  const { settings } = args;
  const { frames, ...ownArgs } = own;
  const realm = new keycloak.Realm(
    `${name}-realm`,
    {
      realm: settings.name,
      enabled: true,
      displayName: settings.displayName,
      sslRequired: "all",
      // Brokered and aliased names are built on user names, so these never change.
      editUsernameAllowed: false,
      duplicateEmailsAllowed: false,
      rememberMe: true,
      defaultSignatureAlgorithm: "RS256",
      accessTokenLifespan: seconds(settings.sessions.accessTokenSec),
      ssoSessionIdleTimeout: seconds(settings.sessions.idleSec),
      ssoSessionMaxLifespan: seconds(settings.sessions.maxSec),
      revokeRefreshToken: true,
      refreshTokenMaxReuse: 0,
      smtpServer: smtpServerOf(args),
      securityDefenses: {
        bruteForceDetection: BRUTE_FORCE,
        headers: { contentSecurityPolicy: contentSecurityPolicy(frames) },
      },
      ...ownArgs,
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
  return realm;
}

/** `iss` of a realm's tokens. */
export function issuerOf(publicUrl: string, realm: keycloak.Realm): pulumi.Output<string> {
  return pulumi.interpolate`${publicUrl}/realms/${realm.realm}`;
}

function smtpServerOf({
  settings,
  smtp,
  publicUrl,
}: RealmArgs<RealmSettings>): keycloak.types.input.RealmSmtpServer {
  return {
    host: smtp.host,
    port: String(smtp.port),
    from: settings.sender ?? `no-reply@${new URL(publicUrl).hostname}`,
    fromDisplayName: settings.displayName,
    starttls: true,
    // The SDK does not mark the password.
    ...(smtp.login === undefined
      ? {}
      : { auth: { username: smtp.login.username, password: pulumi.secret(smtp.login.password) } }),
  };
}
