import * as pulumi from "@pulumi/pulumi";
import type { LdapEndpoint } from "../endpoints.ts";
import type { DirectoryRealmSettings } from "../settings/schema.ts";
import { AuthenticationFlow } from "./flows.ts";
import { LdapFederation } from "./ldap-federation.ts";
import { passwordPolicyOf } from "./policy.ts";
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
import { RECAPTCHA_FRAMES, registrationSteps } from "./registration.ts";
import { Services, type ServiceLogins } from "./services/services.ts";
import { Expectations, verify } from "./verification.ts";
import { newUserProfile } from "./user-profile.ts";

export interface DirectoryRealmArgs extends RealmArgs<DirectoryRealmSettings> {
  readonly ldap: LdapEndpoint;
}

/**
 * A realm whose people have accounts in OpenLDAP.
 *
 * @stateful signing keys and local settings of the accounts live in the realm
 */
export class DirectoryRealm extends pulumi.ComponentResource {
  /** `iss` of the realm's tokens. */
  public readonly issuer: pulumi.Output<string>;
  /** What each service logs in with, by name. */
  public readonly services: Readonly<Record<string, ServiceLogins>>;
  /** ID of the LDAP provider, which a sync is asked of. */
  public readonly federationId: pulumi.Output<string>;

  public constructor(name: string, args: DirectoryRealmArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sso:realm:DirectoryRealm", name, {}, opts);
    const { settings } = args;
    const { aliasDomain, recaptcha } = settings;
    const options = { parent: this, provider: args.provider, deletedWith: args.deletedWith };
    const realm = newRealm(
      name,
      args,
      {
        registrationAllowed: settings.registration,
        loginWithEmailAllowed: true,
        resetPasswordAllowed: true,
        passwordPolicy: passwordPolicyOf(settings.passwordPolicy.minLength),
        ...(recaptcha === undefined ? {} : { frames: RECAPTCHA_FRAMES }),
      },
      options,
    );
    const expectations = new Expectations();
    const { provider } = args;
    const scope: RealmScope = { realmId: realm.id, provider, deletedWith: realm, expectations };
    const inRealm = { ...options, deletedWith: realm };
    keepEvents(name, scope, inRealm);
    switchAction(`${name}-update-email`, scope, CONFIRM_NEW_ADDRESSES, inRealm);
    newUserProfile(name, { ...scope, ...(aliasDomain === undefined ? {} : { aliasDomain }) }, inRealm);
    const registration = new AuthenticationFlow(
      `${name}-registration`,
      {
        ...scope,
        alias: "directory registration",
        description: "One form for a new account",
        steps: registrationSteps(recaptcha, args.secrets.recaptcha),
      },
      { parent: this },
    );
    bindFlows(
      name,
      realm,
      scope,
      { browserFlow: "browser", directGrantFlow: "direct grant", registrationFlow: registration.alias },
      inRealm,
    );
    const federation = new LdapFederation(
      `${name}-ldap`,
      {
        ...scope,
        ldap: args.ldap,
        sync: settings.sync,
        ...(aliasDomain === undefined ? {} : { aliasDomain }),
        ...(args.protectData === undefined ? {} : { protectData: args.protectData }),
      },
      { parent: this },
    );
    this.services = new Services(`${name}-services`, { ...scope, settings }, { parent: this }).logins;
    this.issuer = issuerOf(args.issuer, realm);
    this.federationId = federation.providerId;
    verify(settings.name, expectations, args.issuer, args.caCertificate);
    this.registerOutputs({ issuer: this.issuer, services: this.services, federationId: this.federationId });
  }
}
