import type { ServiceSettings } from "../../settings/schema.ts";

export type PresetName = ServiceSettings["preset"];

/** Settings of a service with a given preset. */
export type ServiceOf<Name extends PresetName, Service = ServiceSettings> = Service extends {
  readonly preset: infer Names;
}
  ? Name extends Names
    ? Service
    : never
  : never;

/** Presets that speak SAML; all others speak OpenID Connect. */
export type SamlPresetName = "zanata" | "atlassian" | "saml";
export type OpenidPresetName = Exclude<PresetName, SamlPresetName>;

/** Settings that go into one place of a service. */
export interface Paste {
  /** A file of the service, or a page of its administration. */
  readonly where: string;
  readonly text: string;
}

/** What every preset's texts are made from. */
interface RealmValues {
  readonly realm: string;
  /** `iss` of the realm's tokens; also the entity ID of its SAML identity provider. */
  readonly issuer: string;
  /** Base URL of the id site without a trailing slash. */
  readonly publicUrl: string;
}

export interface OpenidValues extends RealmValues {
  readonly clientId: string;
  /** The secret or a word in its place; of no use to public clients. */
  readonly clientSecret: string;
}

export interface SamlValues extends RealmValues {
  /** Certificate of the realm's signing key: base64, without the BEGIN and END lines. */
  readonly signingCertificate: string;
}

/** A claim that a service reads, and so what it must be given. */
export type Claim = "sub" | "preferred_username" | "name" | "email" | "email_verified" | "groups" | "roles";

/** How a service's OpenID Connect client is made. */
export interface OpenidClient {
  /** Whether the service keeps a secret. */
  readonly access: "confidential" | "public";
  readonly flow: "code" | "implicit";
  /** Whether every login must carry a PKCE challenge (S256). */
  readonly pkce: boolean;
  /** Exact URIs that logins return to. */
  readonly redirectUris: readonly string[];
  /** Exact URIs that a logout may return to. */
  readonly postLogoutRedirectUris: readonly string[];
  /** Origins whose pages may call Keycloak. */
  readonly webOrigins: readonly string[];
  readonly claims: readonly Claim[];
  /** Whether its access tokens name it as audience, because its own API takes them. */
  readonly audience: boolean;
}

/** A row of the table of OpenID Connect presets. */
export interface OpenidPreset<Service> {
  readonly protocol: "openid-connect";
  /** What people call the service. */
  readonly title: string;
  readonly client: (service: Service) => OpenidClient;
  readonly paste: (values: OpenidValues, client: OpenidClient, service: Service) => readonly Paste[];
  /** What an operator must know before relying on it. @default nothing */
  readonly note?: string;
}

/**
 * Where the value of an attribute in an assertion comes from: one of Keycloak's own properties of an account, another
 * attribute of it, a constant, or the names of the account's groups.
 */
export type SamlSource =
  | { readonly property: "username" | "email" | "firstName" | "lastName" }
  | { readonly attribute: string }
  | { readonly constant: string }
  | "groups";

/** How a service's SAML client is made. */
export interface SamlClient {
  readonly entityId: string;
  /** Assertion consumer service with the POST binding. */
  readonly acsUrl: string;
  /** What of an account is the NameID; its format is e-mail unless it is the user name. */
  readonly nameId: "username" | "email" | "alias";
  /** Attributes by name. */
  readonly attributes: Readonly<Record<string, SamlSource>>;
  /** Whether assertions tell roles, in the attribute `Role`. */
  readonly roles: boolean;
  /** Whether assertions are signed besides the response they are in. */
  readonly signAssertions: boolean;
  /** Whether a link at the id site may start the login. */
  readonly startedHere: boolean;
  /** Certificate of the service, whose requests must then be signed. */
  readonly signingCertificate?: string | undefined;
  /** Where single logout is sent, with the POST binding. @default no single logout */
  readonly singleLogoutUrl?: string | undefined;
}

/** A row of the table of SAML presets. */
export interface SamlPreset<Service> {
  readonly protocol: "saml";
  /** What people call the service. */
  readonly title: string;
  readonly client: (service: Service) => SamlClient;
  readonly paste: (values: SamlValues, client: SamlClient, service: Service) => readonly Paste[];
  /** What an operator must know before relying on it. @default nothing */
  readonly note?: string;
}
