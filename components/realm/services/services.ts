import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { RealmSettings, ServiceSettings } from "../../settings/schema.ts";
import type { RealmScope } from "../realm.ts";
import { ServiceClaims } from "./claims.ts";
import { newOpenidClient } from "./openid-client.ts";
import { clientIdOf, generationsOf, presetOf } from "./presets.ts";
import { newSamlClient } from "./saml-client.ts";

/** What a service is told to log people in with. */
export interface ServiceLogin {
  /** With SAML, the entity ID of the service. */
  readonly clientId: pulumi.Output<string>;
  /** Secret; absent for a public client and for SAML. */
  readonly clientSecret?: pulumi.Output<string>;
}

/** Logins of a service, the newest last: two while its secret is being rotated. */
export type ServiceLogins = readonly ServiceLogin[];

export interface ServicesArgs extends RealmScope {
  readonly settings: Pick<RealmSettings, "services" | "roles" | "groups">;
}

/** The services whose logins go through a realm: a client for each, and the claims that they may read. */
export class Services extends pulumi.ComponentResource {
  /** By name of the service. */
  public readonly logins: Readonly<Record<string, ServiceLogins>>;

  public constructor(name: string, args: ServicesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sso:realm:Services", name, {}, opts);
    const { settings, ...scope } = args;
    const { services, roles, groups } = settings;
    const claims = new ServiceClaims(`${name}-claims`, { ...scope, roles, groups }, { parent: this });
    this.logins = Object.fromEntries(
      services.map((service) => [service.name, newLogins(name, service, claims, scope, this)]),
    );
    this.registerOutputs({ logins: this.logins });
  }
}

/** The clients of a service, and a secret for each that keeps one. */
function newLogins(
  name: string,
  service: ServiceSettings,
  claims: ServiceClaims,
  scope: RealmScope,
  parent: Services,
): ServiceLogins {
  const options = { parent, provider: scope.provider, deletedWith: scope.deletedWith };
  const { protocol, title, client } = presetOf(service);
  const shared = { ...scope, title, url: service.url };
  if (protocol === "saml") {
    const args = { ...shared, client, serviceName: service.name, roleIds: claims.roleIds };
    return [{ clientId: newSamlClient(`${name}-${service.name}`, args, options).clientId }];
  }
  return generationsOf(service).map((generation) => {
    const clientId = clientIdOf(service, generation);
    const role = `${name}-${clientId}`;
    const login =
      client.access === "public"
        ? {}
        : {
            clientSecret: pulumi.secret(
              new random.RandomPassword(`${role}-secret`, { length: 48, special: false }, { parent }).result,
            ),
          };
    const made = newOpenidClient(
      role,
      { ...shared, ...login, client, clientId, groupsScope: claims.scope },
      options,
    );
    return { clientId: made.clientId, ...login };
  });
}
