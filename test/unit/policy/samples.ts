/** Inputs that pass every rule; a test takes away what its rule asks for. */

/** nginx as the provider is asked for it. */
export const SERVICE = {
  name: "sso-production-nginx",
  hostname: "nginx",
  image: `sha256:${"a".repeat(64)}`,
  user: "7040:7040",
  readOnly: true,
  capabilities: { drops: ["ALL"] },
  securityOpts: ["no-new-privileges:true"],
  networkMode: "bridge", // filled in by the provider
  networksAdvanced: [{ name: "sso-production-edge" }, { name: "sso-production-identity" }],
  ports: [
    { ip: "192.0.2.10", external: 80, internal: 8080 },
    { ip: "192.0.2.10", external: 443, internal: 8443 },
  ],
  mounts: [{ type: "volume", source: "sso-production-nginx-config", target: "/etc/sso", readOnly: true }],
  memory: 64,
  memorySwap: 64,
  ulimits: [
    { name: "nofile", soft: 16384, hard: 16384 },
    { name: "nproc", soft: 4096, hard: 4096 },
  ],
  logDriver: "json-file",
  logOpts: { "max-size": "10m", "max-file": "3" },
  restart: "unless-stopped",
  healthcheck: { tests: ["CMD-SHELL", "healthcheck"] },
  wait: true,
};

/** Keycloak, which has an administration port. */
export const ADMIN_SERVICE = {
  ...SERVICE,
  name: "sso-production-keycloak",
  hostname: "keycloak",
  networksAdvanced: [{ name: "sso-production-data" }],
  ports: [{ ip: "127.0.0.1", external: 18443, internal: 8443 }],
};

/** Postfix, which is root and has capabilities. */
export const ROOT_SERVICE = {
  ...SERVICE,
  name: "sso-production-postfix",
  hostname: "postfix",
  user: "0:0",
  capabilities: { drops: ["ALL"], adds: ["CAP_KILL", "CAP_SETGID", "CAP_SETUID"] },
  networksAdvanced: [{ name: "sso-production-mail" }],
  ports: [{ ip: "192.0.2.10", external: 25, internal: 2525 }],
};

/** What keeps the public's certificate, here one that lies on the host. */
export const KEEPER = {
  ...SERVICE,
  name: "sso-production-public-certificate",
  hostname: "public-certificate",
  networksAdvanced: [{ name: "sso-production-edge" }],
  ports: [],
  mounts: [{ type: "bind", source: "/srv/certificates", target: "/given", readOnly: true }],
};

/** A job that puts files into a volume. */
export const JOB = {
  name: "sso-production-nginx-config-loader",
  image: SERVICE.image,
  user: "0:0",
  uploads: [{ file: "/stage/nginx.conf", content: "worker_processes 1;" }],
  readOnly: false,
  networkMode: "none",
  capabilities: { drops: ["ALL"], adds: ["CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER"] },
  securityOpts: ["no-new-privileges:true"],
  memory: 64,
  memorySwap: 64,
  ulimits: SERVICE.ulimits,
  logDriver: "json-file",
  logOpts: { "max-size": "1m", "max-file": "2" },
  attach: true,
  mustRun: false,
  restart: "no",
};

/** The job that updates zones, which has a network. */
export const DNS_JOB = {
  ...JOB,
  name: "sso-production-dns-update",
  networkMode: "sso-production-edge",
};

export const NETWORK = { name: "sso-production-data", driver: "bridge", internal: true };

export const REALM = {
  realm: "community",
  sslRequired: "all",
  editUsernameAllowed: false,
  securityDefenses: { bruteForceDetection: { maxLoginFailures: 10 } },
};

export const FEDERATION = {
  connectionUrl: "ldaps://openldap:1636",
  useTruststoreSpi: "ALWAYS",
  usePasswordModifyExtendedOp: true,
  trustEmail: false,
};

export const OPENID_CLIENT = {
  clientId: "talk",
  accessType: "CONFIDENTIAL",
  standardFlowEnabled: true,
  implicitFlowEnabled: false,
  directAccessGrantsEnabled: false,
  validRedirectUris: ["https://talk.example.org/callback"],
  validPostLogoutRedirectUris: ["https://talk.example.org/"],
  webOrigins: ["https://talk.example.org"],
  pkceCodeChallengeMethod: "S256",
};

export const SAML_CLIENT = {
  clientId: "https://library.example.org/saml",
  validRedirectUris: ["https://library.example.org/saml/acs"],
  signDocuments: true,
  signatureAlgorithm: "RSA_SHA256",
};

export const PROVIDER = { alias: "campus", trustEmail: false, validateSignature: true };
