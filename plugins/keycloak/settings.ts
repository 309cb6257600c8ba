import type { Properties, Value } from "../core/definition.ts";
import { asText } from "./value.ts";

/** How to reach Keycloak, from the inputs of the provider resource. */
export interface Settings {
  /** Where tokens are asked for, without a trailing slash. */
  readonly url: string;
  /** Where the administration API is. @default url */
  readonly adminUrl: string;
  /** The realm whose account is used. @default master */
  readonly realm: string;
  readonly login: Login;
  /** Limit for one request. */
  readonly timeoutMs: number;
  readonly headers: Readonly<Record<string, string>>;
  /** PEM text of a certificate authority to trust besides the usual ones. */
  readonly rootCaCertificate?: string;
  /** Accept any certificate. @default false */
  readonly insecure: boolean;
}

/** Exactly one way to log in. */
export type Login =
  | { readonly kind: "token"; readonly accessToken: string }
  | { readonly kind: "client"; readonly clientId: string; readonly clientSecret: string }
  | {
      readonly kind: "password";
      readonly clientId: string;
      readonly clientSecret?: string;
      readonly username: string;
      readonly password: string;
    };

/** Variables the official plugin reads where the program is silent. */
const ENVIRONMENT: Readonly<Record<string, string>> = {
  url: "KEYCLOAK_URL",
  adminUrl: "KEYCLOAK_ADMIN_URL",
  basePath: "KEYCLOAK_BASE_PATH",
  realm: "KEYCLOAK_REALM",
  clientId: "KEYCLOAK_CLIENT_ID",
  clientSecret: "KEYCLOAK_CLIENT_SECRET",
  username: "KEYCLOAK_USER",
  password: "KEYCLOAK_PASSWORD",
  accessToken: "KEYCLOAK_ACCESS_TOKEN",
};

/** What the official plugin can and this one cannot do. */
const UNSUPPORTED = [
  "jwtSigningKey",
  "jwtToken",
  "jwtTokenFile",
  "redHatSso",
  "tlsClientCertificate",
  "tlsClientPrivateKey",
];

/** The official plugin's own default, in seconds. */
const DEFAULT_TIMEOUT_SEC = 5;

/**
 * Reads the provider's inputs.
 * @throws one message that names the input and the remedy
 */
export function readSettings(config: Properties, environment: NodeJS.ProcessEnv = process.env): Settings {
  const unsupported = UNSUPPORTED.find((name) => isGiven(config[name]));
  if (unsupported !== undefined) {
    throw new Error(
      `provider keycloak: ${unsupported} is not supported by the built-in plugin; use clientId and clientSecret, or the official plugin`,
    );
  }
  const get = (name: string): string | undefined => {
    const value = config[name];
    const variable = ENVIRONMENT[name];
    return isGiven(value) ? asText(value) : variable === undefined ? undefined : environment[variable];
  };
  const url = get("url");
  if (url === undefined || !URL.canParse(url)) {
    throw new Error(
      `provider keycloak: url must be an address such as https://id.example.org, got ${JSON.stringify(url ?? "")}`,
    );
  }
  const basePath = get("basePath") ?? "";
  const ca = get("rootCaCertificate");
  return {
    url: trim(url) + basePath,
    adminUrl: trim(get("adminUrl") ?? url) + basePath,
    realm: get("realm") ?? "master",
    login: readLogin(get),
    timeoutMs: Number(get("clientTimeout") ?? DEFAULT_TIMEOUT_SEC) * 1000,
    headers: (config["additionalHeaders"] ?? {}) as Record<string, string>,
    insecure: get("tlsInsecureSkipVerify") === "true",
    ...(ca === undefined ? {} : { rootCaCertificate: ca }),
  };
}

function isGiven(value: Value | undefined): boolean {
  return value !== undefined && value !== null && value !== "" && value !== false;
}

const trim = (url: string): string => url.replace(/\/+$/, "");

function readLogin(get: (name: string) => string | undefined): Login {
  const accessToken = get("accessToken");
  if (accessToken !== undefined) return { kind: "token", accessToken };
  const [clientId, clientSecret] = [get("clientId"), get("clientSecret")];
  const [username, password] = [get("username"), get("password")];
  if (clientId !== undefined && username !== undefined && password !== undefined) {
    const secret = clientSecret === undefined ? {} : { clientSecret };
    return { kind: "password", clientId, username, password, ...secret };
  }
  if (clientId !== undefined && clientSecret !== undefined) return { kind: "client", clientId, clientSecret };
  throw new Error(
    "provider keycloak: set clientId and clientSecret, or clientId, username and password, or accessToken",
  );
}
