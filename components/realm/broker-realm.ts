import * as pulumi from "@pulumi/pulumi";
import type { ShimEndpoint } from "../endpoints.ts";
import type { BrokerRealmSettings } from "../settings/schema.ts";
import { AuthenticationFlow, type FlowStep } from "./flows.ts";
import { claimsOf, IdentityProviders } from "./identity-providers.ts";
import {
  bindFlows,
  CONFIRM_NEW_ADDRESSES,
  issuerOf,
  keepEvents,
  newRealm,
  type RealmArgs,
  type RealmScope,
  switchAction,
} from "./realm.ts";
import { Services, type ServiceLogins } from "./services/services.ts";
import { Expectations, verify } from "./verification.ts";
import { newUserProfile } from "./user-profile.ts";

export interface BrokerRealmArgs extends RealmArgs<BrokerRealmSettings> {
  /** Where people of providers of OpenID come through. @default the stack has none */
  readonly shim: ShimEndpoint | undefined;
}

/** Who is logged in stays so; everyone else chooses an identity provider, or comes with the choice made. */
const BROWSER: readonly FlowStep[] = [
  { authenticator: "auth-cookie", requirement: "ALTERNATIVE" },
  { authenticator: "identity-provider-redirector", requirement: "ALTERNATIVE" },
  { authenticator: "sso-choose-identity-provider", requirement: "ALTERNATIVE" },
];

/**
 * Who comes with an identity for the first time reviews the profile. If the account is there already, the
 * identity is linked to it only after a login with one that is linked. An address that somebody else merely claimed
 * does not stand in the way.
 */
const FIRST_LOGIN: readonly FlowStep[] = [
  {
    authenticator: "idp-review-profile",
    requirement: "REQUIRED",
    config: { "update.profile.on.first.login": "on" },
  },
  { authenticator: "sso-release-unconfirmed-address", requirement: "REQUIRED" },
  {
    name: "account",
    requirement: "REQUIRED",
    steps: [
      { authenticator: "idp-create-user-if-unique", requirement: "ALTERNATIVE" },
      {
        name: "existing",
        requirement: "ALTERNATIVE",
        steps: [
          // The way back to the profile, where only the user name is somebody else's.
          { authenticator: "idp-confirm-link", requirement: "REQUIRED" },
          { authenticator: "sso-proof-by-linked-identity", requirement: "REQUIRED" },
        ],
      },
    ],
  },
];

const DENIED: readonly FlowStep[] = [{ authenticator: "deny-access-authenticator", requirement: "REQUIRED" }];

/** Actions by which people would give themselves a password or another credential, by Keycloak's names. */
const CREDENTIAL_ACTIONS: Readonly<Record<string, string>> = {
  UPDATE_PASSWORD: "Update Password",
  CONFIGURE_TOTP: "Configure OTP",
  CONFIGURE_RECOVERY_AUTHN_CODES: "Recovery Authentication Codes",
  "webauthn-register": "Webauthn Register",
  "webauthn-register-passwordless": "Webauthn Register Passwordless",
};

/**
 * A realm in which no password is handled: people come with identities of outside providers, and may link several
 * to one account.
 *
 * @stateful accounts and their links live in the realm
 */
export class BrokerRealm extends pulumi.ComponentResource {
  /** `iss` of the realm's tokens. */
  public readonly issuer: pulumi.Output<string>;
  /** What each service logs in with, by name. */
  public readonly services: Readonly<Record<string, ServiceLogins>>;

  public constructor(name: string, args: BrokerRealmArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sso:realm:BrokerRealm", name, {}, opts);
    const { settings } = args;
    const options = { parent: this, provider: args.provider, deletedWith: args.deletedWith };
    const realm = newRealm(
      name,
      args,
      { registrationAllowed: false, resetPasswordAllowed: false, loginWithEmailAllowed: false },
      options,
    );
    const expectations = new Expectations();
    const { provider } = args;
    const scope: RealmScope = { realmId: realm.id, provider, deletedWith: realm, expectations };
    const inRealm = { ...options, deletedWith: realm };
    keepEvents(name, scope, inRealm);
    switchAction(`${name}-update-email`, scope, CONFIRM_NEW_ADDRESSES, inRealm);
    const imported = settings.identityProviders.flatMap((each) => Object.keys(claimsOf(each)));
    newUserProfile(name, { ...scope, imported: [...new Set(imported)] }, inRealm);

    const flow = (role: string, description: string, steps: readonly FlowStep[]): pulumi.Output<string> =>
      new AuthenticationFlow(
        `${name}-${role}`,
        { ...scope, alias: `broker ${role}`, description, steps },
        { parent: this },
      ).alias;
    const denied = flow("denied", "No way in: nothing here takes a password", DENIED);
    const firstLogin = flow(
      "first-login",
      "Profile, then a new account or proof of the existing one",
      FIRST_LOGIN,
    );
    bindFlows(
      name,
      realm,
      scope,
      {
        browserFlow: flow("browser", "Choice of an identity provider", BROWSER),
        directGrantFlow: denied,
        resetCredentialsFlow: denied,
        registrationFlow: "registration", // off by the realm's switch; Keycloak wants a form flow here
        firstBrokerLoginFlow: firstLogin,
      },
      inRealm,
    );
    for (const [alias, title] of Object.entries(CREDENTIAL_ACTIONS)) {
      const role = alias.toLowerCase().replaceAll("_", "-");
      switchAction(`${name}-no-${role}`, scope, { alias, title, enabled: false }, inRealm);
    }
    new IdentityProviders(
      `${name}-identity-providers`,
      {
        ...scope,
        providers: settings.identityProviders,
        secrets: args.secrets,
        ownEntityId: issuerOf(args.issuer, realm),
        shim: args.shim,
        firstLoginFlow: firstLogin,
        ...(args.protectData === undefined ? {} : { protectData: args.protectData }),
      },
      { parent: this },
    );
    this.services = new Services(`${name}-services`, { ...scope, settings }, { parent: this }).logins;
    this.issuer = issuerOf(args.issuer, realm);
    verify(settings.name, expectations, args.issuer, args.caCertificate);
    this.registerOutputs({ issuer: this.issuer, services: this.services });
  }
}
