/** Where the server is and how to reach it, from the provider's configuration. */
import { readFileSync } from "node:fs";
import { checkServerIdentity, type ConnectionOptions } from "node:tls";
import type { Properties, Value } from "../core/definition.ts";
import { isObject } from "../core/values.ts";
import { text } from "./values.ts";

export interface Settings {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string | undefined;
  /** The role that `user` is in the database, where a user name map says so. */
  readonly role: string;
  /** The database that is used where a resource names none. */
  readonly database: string;
  /** Whether passwords may be read back. */
  readonly superuser: boolean;
  readonly ssl: ConnectionOptions | false;
  /** 0: as long as the operating system tries. */
  readonly connectTimeoutSec: number;
  readonly maxConnections: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Options of the official plugin for clouds' own ways to log in. */
const UNSUPPORTED = [
  "awsRdsIamAuth",
  "azureIdentityAuth",
  "gcpIamImpersonateServiceAccount",
  "awsRdsIamProfile",
  "awsRdsIamRegion",
  "awsRdsIamProviderRoleArn",
  "azureTenantId",
];

/** Terraform's defaults, which the Pulumi schema does not tell: libpq's variables, then its values. */
export function readSettings(config: Properties, environment: Environment = process.env): Settings {
  const refused = UNSUPPORTED.find((name) => isSet(config[name]));
  if (refused !== undefined) {
    throw new Error(`${refused} is not supported by the built-in postgresql plugin; use a password`);
  }
  if (isSet(config.scheme) && config.scheme !== "postgres") {
    throw new Error(
      `scheme is "${text(config.scheme)}"; the built-in postgresql plugin supports only postgres`,
    );
  }
  const user = given(config.username, environment.PGUSER) ?? "postgres";
  const host = given(config.host, environment.PGHOST) ?? "localhost";
  return {
    host,
    port: Number(config.port ?? environment.PGPORT ?? 5432),
    user,
    password: given(config.password, environment.PGPASSWORD),
    role: given(config.databaseUsername) ?? user,
    database: given(config.database, environment.PGDATABASE) ?? "postgres",
    superuser: config.superuser !== false && environment.PGSUPERUSER !== "false",
    ssl: readSsl(config, host),
    connectTimeoutSec: Math.max(0, Number(config.connectTimeout ?? 180)),
    maxConnections: Number(config.maxConnections ?? 20),
  };
}

/** What each `sslmode` asks of the server's certificate. */
const MODES: Readonly<Record<string, { readonly chain: boolean; readonly name: boolean } | undefined>> = {
  require: { chain: false, name: false },
  "verify-ca": { chain: true, name: false },
  "verify-full": { chain: true, name: true },
};

/** As in libpq, `require` checks the chain too once a root certificate is given. */
function readSsl(config: Properties, host: string): ConnectionOptions | false {
  const mode = given(config.sslmode, text(config.sslMode)) ?? "require";
  if (mode === "disable") return false;
  const checks = MODES[mode];
  if (checks === undefined) {
    throw new Error(`sslmode is "${mode}"; allowed: disable, ${Object.keys(MODES).join(", ")}`);
  }
  const root = given(config.sslrootcert);
  const client = isObject(config.clientcert) ? config.clientcert : undefined;
  const inline = client?.sslinline === true;
  return {
    rejectUnauthorized: checks.chain || root !== undefined,
    checkServerIdentity: (_, certificate) =>
      checks.name ? checkServerIdentity(host, certificate) : undefined,
    ...(root === undefined ? {} : { ca: pem("sslrootcert", root, inline) }),
    ...(client === undefined
      ? {}
      : {
          cert: pem("clientcert.cert", text(client.cert), inline),
          key: pem("clientcert.key", text(client.key), inline),
        }),
  };
}

function pem(option: string, value: string, inline: boolean): string {
  if (inline) return value;
  try {
    return readFileSync(value, "utf8");
  } catch (error) {
    throw new Error(`${option} names ${value}, which cannot be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function isSet(value: Value | undefined): boolean {
  return value !== undefined && value !== null && value !== false && value !== "";
}

/** The first that is there and not empty. */
function given(...values: readonly (Value | undefined)[]): string | undefined {
  return values.find((value): value is string => typeof value === "string" && value !== "");
}
