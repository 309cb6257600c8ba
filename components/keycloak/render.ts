/** Least severe level that Keycloak logs. */
export type KeycloakLogLevel = "error" | "warn" | "info" | "debug";

export interface KeycloakConfArgs {
  /** Public base URL without a trailing slash, such as `https://id.example.org`. */
  readonly publicUrl: string;
  /** Base URL of the admin console, which the public does not reach. */
  readonly consoleUrl: string;
  /** Database in PostgreSQL; its certificate must carry `host` as a name. */
  readonly database: {
    readonly host: string;
    readonly port: number;
    readonly name: string;
    readonly username: string;
    /** Secret. */
    readonly password: string;
  };
  /** Service account with all rights, made together with the master realm at the first start and only then. */
  readonly bootstrapClient: {
    readonly id: string;
    /** Secret. */
    readonly secret: string;
  };
  readonly logLevel: KeycloakLogLevel;
}

/** Connections to the database; Postgres has room for twice as many, while one server replaces another. */
const DATABASE_POOL = 30;

const TLS = "/etc/sso-tls";

/**
 * `keycloak.conf`: all that the server is told at its start, secrets too, so that none is in its environment or
 * arguments. The image's entrypoint reads the `db-` options as well.
 *
 * @throws {Error} when a value would need escaping, naming the option but not the value
 */
export function renderKeycloakConf(args: KeycloakConfArgs): string {
  const { database, bootstrapClient } = args;
  const options: Readonly<Record<string, string | number>> = {
    hostname: args.publicUrl,
    "hostname-admin": args.consoleUrl,
    "proxy-headers": "xforwarded",
    "http-enabled": "false",
    "https-port": 8443,
    "https-certificate-file": `${TLS}/tls.crt`,
    "https-certificate-key-file": `${TLS}/tls.key`,
    "https-protocols": "TLSv1.3",
    // Health and metrics, for the container's own check.
    "http-management-scheme": "http",
    "http-management-host": "127.0.0.1",
    "truststore-paths": `${TLS}/ca.crt`,
    "db-url": `jdbc:postgresql://${database.host}:${database.port}/${database.name}?sslmode=verify-full&sslrootcert=${TLS}/ca.crt`,
    "db-username": database.username,
    "db-password": database.password,
    "db-pool-max-size": DATABASE_POOL,
    "bootstrap-admin-client-id": bootstrapClient.id,
    "bootstrap-admin-client-secret": bootstrapClient.secret,
    // One server; its sessions are in the database all the same.
    cache: "local",
    // Where the image's entrypoint brings its own themes and the settings' together.
    "spi-theme--folder--dir": "/opt/keycloak/data/themes",
    "log-level": args.logLevel,
    // Otherwise every unsuccessful health check of a start is logged.
    "log-level-io.smallrye.health": "error",
  };
  const lines = Object.entries(options).map(([option, value]) => `${option}=${plain(option, String(value))}`);
  return ["# Written by Pulumi; changes here are lost.", ...lines, ""].join("\n");
}

/** The value, if Java, which unescapes backslashes and expands dollars, and a shell read the same from it. */
function plain(option: string, value: string): string {
  if (!/^[\x21-\x7e]+$/.test(value) || /[\\$]/.test(value)) {
    throw new Error(`${option} must be printable ASCII without spaces, backslashes and dollar signs`);
  }
  return value;
}
