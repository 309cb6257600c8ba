import type * as pulumi from "@pulumi/pulumi";

/**
 * What services tell each other. A service takes endpoints of others, never their classes, so that each can be
 * built, tested and replaced alone. Host names are network aliases inside the stack unless a field says otherwise.
 */

/** A PostgreSQL database and the role that owns it. */
export interface DatabaseEndpoint {
  readonly host: string;
  readonly port: number;
  readonly database: pulumi.Output<string>;
  readonly username: pulumi.Output<string>;
  /** Secret. */
  readonly password: pulumi.Output<string>;
}

/** What a client needs to bind to a directory over LDAPS. */
export interface LdapEndpoint {
  readonly url: string;
  /** Directory suffix, such as `dc=example,dc=org`. */
  readonly baseDn: string;
  readonly bindDn: string;
  /** Secret. */
  readonly bindPassword: pulumi.Output<string>;
}

/** A mail server that takes e-mail over STARTTLS, with a certificate of the stack's CA or a public one. */
export interface SmtpEndpoint {
  readonly host: string;
  readonly port: number;
  /** What it asks a client to log in with. @default no login */
  readonly login?: {
    readonly username: string;
    /** Secret. */
    readonly password: pulumi.Input<string>;
  };
}

/** A key that signs DNS messages (RFC 8945). */
export interface TsigKey {
  /** Name that both sides know it by. */
  readonly name: string;
  readonly algorithm: "hmac-sha256" | "hmac-sha384" | "hmac-sha512";
}

/** A DNS server that takes dynamic updates (RFC 2136) and gives transfers of its zones to a key. */
export interface DnsUpdateEndpoint {
  readonly host: string;
  readonly port: number;
  readonly key: TsigKey;
  /** Base64. Secret. */
  readonly secret: pulumi.Input<string>;
  /** Whether other servers answer for its zones too, which hear of a change a while later. */
  readonly hasSecondaries: boolean;
  /** Name that its zones' SOA shall give it. @default whichever it is */
  readonly primary?: string;
  /** Changes when its zones may have been lost. @default never */
  readonly revision?: pulumi.Output<string>;
}

/** The certificate that the public sees, once there is one, as servers get at it. */
export interface PublicTlsEndpoint {
  /** Volume with `current/tls.crt` (full chain) and `current/tls.key`. */
  readonly volumeName: pulumi.Output<string>;
  /** Volume with the answers to HTTP-01 challenges, as below `/.well-known/acme-challenge/`. */
  readonly challengesVolumeName: pulumi.Output<string>;
  /** Group that may read the key. */
  readonly gid: number;
}

/** An HTTPS server that nginx passes requests to. */
export interface UpstreamEndpoint {
  readonly host: string;
  readonly port: number;
}

/** The stack's own SAML identity provider, which logs people in by OpenID. */
export interface ShimEndpoint {
  readonly entityId: string;
  /** Public address that takes requests by POST. */
  readonly singleSignOnUrl: string;
  /** PEM. */
  readonly signingCertificate: pulumi.Output<string>;
  readonly encryptsAssertions: boolean;
}

/** Where Keycloak issues tokens and how its admin API is reached from the operator's machine. */
export interface IssuerEndpoint {
  /** Public base URL without a trailing slash, such as `https://id.example.org`. */
  readonly publicUrl: string;
  /** Base URL of the admin API, reachable from the host's loopback only. */
  readonly adminUrl: string;
  readonly adminClientId: string;
  /** Secret. */
  readonly adminClientSecret: pulumi.Output<string>;
}
