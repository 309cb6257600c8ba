/** A provider that the shim logs people in by, for one service provider of Keycloak. */
export interface ShimProvider {
  /** Entity ID of the realm as the service provider that asks. */
  readonly entityId: string;
  /** Where Keycloak's descriptor of that service provider is, reachable from inside the stack. */
  readonly descriptorUrl: string;
  /** The one endpoint that people are sent to. @default they enter their own OpenID */
  readonly endpoint?: string;
  /** Launchpad teams whose membership is asked for. */
  readonly teams: readonly string[];
}

export interface ShimConfigArgs {
  /** Public host name of the id site. */
  readonly domain: string;
  readonly providers: readonly ShimProvider[];
  /** Names of providers that may have addresses which are not public. */
  readonly privateHosts: readonly string[];
  /** Whether assertions are encrypted for Keycloak. */
  readonly encryptAssertions: boolean;
}

/** Where the shim's scripts are, below the id site. */
export const SHIM_PATH = "/shim/";

/** Folder of the shim's key and store in its container. */
export const SHIM_DATA = "/var/lib/shim";

/** Entity ID of the shim as a SAML identity provider. */
export function shimEntityId(domain: string): string {
  return `https://${domain}/shim`;
}

/** Where Keycloak sends people to. */
export function shimSingleSignOnUrl(domain: string): string {
  return `https://${domain}${SHIM_PATH}sso.php`;
}

/** Seconds a login may take, from Keycloak to the provider and back; nothing of it is kept for longer. */
const LOGIN_SEC = 900;

const PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";

type Php = string | number | boolean | null | readonly Php[] | { readonly [key: string]: Php };

/** A value as PHP writes it. */
export function php(value: Php): string {
  if (typeof value === "string") return `'${value.replaceAll(/[\\']/g, String.raw`\$&`)}'`;
  if (typeof value !== "object" || value === null) return String(value);
  const isList = Array.isArray(value);
  const items = Object.entries(value).map(([key, each]) =>
    isList ? php(each) : `${php(key)} => ${php(each)}`,
  );
  return `[${items.join(", ")}]`;
}

/** A file that sets `variable`, an entry to a line. */
function phpFile(variable: string, entries: Readonly<Record<string, Php>>, more = ""): string {
  const lines = Object.entries(entries).map(([key, value]) => `    ${php(key)} => ${php(value)},\n`);
  return `<?php\n// Written by Pulumi; changes here are lost.\n${variable} = [\n${lines.join("")}];\n${more}`;
}

/** `config.php`: SimpleSAMLphp 1.19 with nothing but its SAML identity provider. */
export function renderShimConfig({ domain, providers }: ShimConfigArgs): string {
  return phpFile(
    "$config",
    {
      baseurlpath: `https://${domain}${SHIM_PATH}`,
      application: { baseURL: `https://${domain}` },
      certdir: SHIM_DATA,
      datadir: SHIM_DATA,
      metadatadir: "/etc/sso/metadata/",
      tempdir: "/tmp/simplesaml",
      timezone: "UTC",
      "module.enable": { core: true, saml: true, openid2: true, exampleauth: false },
      "enable.saml20-idp": true,
      "admin.protectindexpage": true,
      "admin.protectmetadata": true,
      "admin.checkforupdates": false,
      "trusted.url.domains": [],
      showerrors: false,
      errorreporting: false,
      "logging.handler": "errorlog",
      "logging.level": 4, // warnings
      "logging.format": "%process %level %trackid %msg",
      debug: { backtraces: false },
      "session.duration": LOGIN_SEC,
      "session.datastore.timeout": LOGIN_SEC,
      "session.state.timeout": LOGIN_SEC,
      "session.cookie.path": SHIM_PATH,
      "session.cookie.secure": true,
      // A provider may answer by a form that another site posts.
      "session.cookie.samesite": "None",
      "session.phpsession.httponly": true,
      "language.available": ["en"],
      "language.parameter.setcookie": false,
      "store.type": "sql",
      "store.sql.dsn": `sqlite:${SHIM_DATA}/store.sqlite`,
      "metadata.sources": [
        { type: "flatfile" },
        {
          type: "openid2:Keycloak",
          descriptors: Object.fromEntries(
            providers.map(({ entityId, descriptorUrl }) => [entityId, descriptorUrl]),
          ),
        },
      ],
    },
    `$config['secretsalt'] = file_get_contents('${SHIM_DATA}/salt');\n`,
  );
}

/** `authsources.php`: the one way in. */
export function renderAuthSources({ domain, providers, privateHosts }: ShimConfigArgs): string {
  return phpFile("$config", {
    openid2: {
      "0": "openid2:Consumer", // what it is stands first, without a name
      baseUrl: `https://${domain}${SHIM_PATH}`,
      realm: `https://${domain}/`,
      privateHosts,
      providers: Object.fromEntries(
        providers.map(({ entityId, endpoint, teams }): [string, Php] => [
          entityId,
          { ...(endpoint === undefined ? {} : { endpoint }), teams },
        ]),
      ),
    },
  });
}

/** `metadata/saml20-idp-hosted.php`: the shim as Keycloak sees it. */
export function renderIdentityProvider({ domain, encryptAssertions }: ShimConfigArgs): string {
  return phpFile("$metadata", {
    [shimEntityId(domain)]: {
      host: "__DEFAULT__",
      privatekey: "signing.key",
      certificate: "signing.crt",
      auth: "openid2",
      "validate.authnrequest": true,
      "saml20.sign.response": true,
      "saml20.sign.assertion": true,
      "assertion.encryption": encryptAssertions,
      NameIDFormat: PERSISTENT,
      // The claimed identifier is the name for good, as accounts that came with it are known by.
      authproc: { "10": { class: "saml:AttributeNameID", attribute: "openid", Format: PERSISTENT } },
    },
  });
}
