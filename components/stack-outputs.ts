import type * as pulumi from "@pulumi/pulumi";
import type { ZoneTexts } from "./dns/zones.ts";
import type { Postfix } from "./postfix/postfix.ts";
import type { ServiceLogins } from "./realm/services/services.ts";

/** What a realm tells those who use it. */
export interface RealmOutputs {
  /** `iss` of the realm's tokens. */
  readonly issuer: pulumi.Output<string>;
  readonly accountConsole: pulumi.Output<string>;
  /** What each service logs in with, by name; `npm run services` prints it. */
  readonly services: Readonly<Record<string, ServiceLogins>>;
  /** ID of a directory realm's LDAP provider, which `npm run sync` asks. */
  readonly federationId?: pulumi.Output<string>;
}

/** What the stack tells its operators. */
export interface StackOutputs {
  /** Base URL of the id site. */
  readonly url: string;
  readonly realms: Readonly<Record<string, RealmOutputs>>;
  /** The certificate (PEM) to trust where the stack's own CA signs. */
  readonly caCertificate: pulumi.Output<string>;
  /** The stack's DNS records; `npm run dns` prints them. */
  readonly dns?: pulumi.Output<ZoneTexts>;
  /** Keycloak's admin API on the host's loopback, and the account Pulumi uses there. */
  readonly admin: {
    readonly url: string;
    readonly clientId: string;
    /** Secret. */
    readonly clientSecret: pulumi.Output<string>;
  };
  /** What DNS must say of the relay, where the stack has one. */
  readonly relay?: Postfix["outputs"];
}
