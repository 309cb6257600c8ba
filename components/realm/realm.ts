import * as keycloak from "@pulumi/keycloak";
import * as pulumi from "@pulumi/pulumi";
import type { IssuerEndpoint, SmtpEndpoint } from "../endpoints.ts";
import type { RealmSettings } from "../settings/schema.ts";
import type { Expectation, Expectations } from "./verification.ts";
import { pagesOf } from "./pages.ts";
import { BRUTE_FORCE, contentSecurityPolicy, seconds } from "./policy.ts";

/**
 * Who hears of what happens: without the others no login is noted, no address that was asked for is forgotten when an
 * account is taken back, and a spam label ends no session.
 */
const EVENT_LISTENERS = ["jboss-logging", "sso-last-login", "sso-pending-address", "sso-spam-label"] as const;

/** Where a part of a realm goes. */
export interface RealmScope {
  readonly realmId: pulumi.Input<string>;
  readonly provider: keycloak.Provider;
  /** What goes away with all that is in it, so that it need not be emptied first. */
  readonly deletedWith: pulumi.Resource;
  /** Takes what must be true of the part after an update. */
  readonly expectations: Expectations;
}

/** What a realm of either kind needs. */
export interface RealmArgs<Kind extends RealmSettings> {
  readonly settings: Kind;
  readonly issuer: IssuerEndpoint;
  /** PEM of the CA that signed the certificate of Keycloak's admin API. */
  readonly caCertificate: pulumi.Output<string>;
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
 * A realm with what both kinds share; `own` is what its kind adds, and `frames` what its pages may frame.
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
      ...pagesOf(settings),
      sslRequired: "all",
      // No account gets in with an address that may be somebody else's, for services go by it.
      verifyEmail: true,
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
  return realm;
}

/** One of Keycloak's required actions, on or off. */
export interface ActionSwitch {
  /** Keycloak's ID of it, such as `UPDATE_EMAIL`. */
  readonly alias: string;
  /** What Keycloak calls it for people. */
  readonly title: string;
  readonly enabled: boolean;
}

/** Has a changed address count only when its owner has confirmed it; until then the account keeps the old one. */
export const CONFIRM_NEW_ADDRESSES: ActionSwitch = {
  alias: "UPDATE_EMAIL",
  title: "Update Email",
  enabled: true,
};

/** Switches a required action on or off, and expects it to stay so. */
export function switchAction(
  name: string,
  { realmId, expectations }: RealmScope,
  { alias, title, enabled }: ActionSwitch,
  options: pulumi.CustomResourceOptions,
): void {
  const action = new keycloak.RequiredAction(
    name,
    { realmId, alias, name: title, enabled, defaultAction: false },
    options,
  );
  expectations.add(
    action,
    action.id.apply((): Expectation => ({
      of: `required action ${alias}`,
      read: (client, realm) => client.authenticationManagement.getRequiredActionForAlias({ realm, alias }),
      values: { enabled },
    })),
  );
}

/** Has a realm keep what happens for a season, and tell its listeners. */
export function keepEvents(
  name: string,
  { realmId, expectations }: RealmScope,
  options: pulumi.CustomResourceOptions,
): void {
  const events = new keycloak.RealmEvents(
    `${name}-events`,
    {
      realmId,
      eventsEnabled: true,
      eventsExpiration: 90 * 86_400,
      adminEventsEnabled: true,
      adminEventsDetailsEnabled: true,
      eventsListeners: [...EVENT_LISTENERS],
    },
    options,
  );
  expectations.add(
    events,
    events.id.apply((): Expectation => ({
      of: "realm's events",
      read: (client, realm) => client.realms.getConfigEvents({ realm }),
      values: { eventsListeners: [...EVENT_LISTENERS] },
    })),
  );
}

/** `iss` of a realm's tokens. */
export function issuerOf({ publicUrl }: IssuerEndpoint, realm: keycloak.Realm): pulumi.Output<string> {
  return pulumi.interpolate`${publicUrl}/realms/${realm.realm}`;
}

function smtpServerOf({
  settings,
  smtp,
  issuer,
}: RealmArgs<RealmSettings>): keycloak.types.input.RealmSmtpServer {
  return {
    host: smtp.host,
    port: String(smtp.port),
    from: settings.sender ?? `no-reply@${new URL(issuer.publicUrl).hostname}`,
    fromDisplayName: settings.displayName,
    starttls: true,
    // The SDK does not mark the password.
    ...(smtp.login === undefined
      ? {}
      : { auth: { username: smtp.login.username, password: pulumi.secret(smtp.login.password) } }),
  };
}

/** Binds flows to a realm and expects them to stay, for an update of the realm has been seen to reset them. */
export function bindFlows(
  name: string,
  realm: keycloak.Realm,
  scope: RealmScope,
  flows: Omit<keycloak.authentication.BindingsArgs, "realmId">,
  options: pulumi.CustomResourceOptions,
): void {
  const bindings = new keycloak.authentication.Bindings(
    `${name}-bindings`,
    { realmId: realm.id, ...flows },
    options,
  );
  const values = pulumi.all([flows, realm.registrationAllowed, realm.resetPasswordAllowed] as const);
  scope.expectations.add(
    bindings,
    values.apply(([bound, registrationAllowed, resetPasswordAllowed]): Expectation => ({
      of: "realm",
      read: (client, realmName) => client.realms.findOne({ realm: realmName }),
      values: { ...bound, registrationAllowed, resetPasswordAllowed, verifyEmail: true, sslRequired: "all" },
    })),
  );
}
