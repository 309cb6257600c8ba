/**
 * What each service may do on the host. It is written down again on purpose: a table that the program itself goes by
 * would permit whatever the program does.
 */
export interface Allowance {
  /** Networks it may join. */
  readonly segments: readonly string[];
  /** Ports of the host it may publish, as the public knows them. @default none */
  readonly publicPorts?: readonly number[];
  /** Port of the container that may be published on the host's loopback. @default none */
  readonly adminPort?: number;
  /** Capabilities it may have. @default none */
  readonly capabilities?: readonly string[];
  /** Whether it may run as root. @default false */
  readonly root?: boolean;
  /** Where folders of the host may be mounted, read-only; never those of the system. @default nowhere */
  readonly hostFolders?: readonly string[];
}

/** Postfix's master starts daemons as other users, and ends them. */
const POSTFIX_CAPABILITIES = ["CAP_KILL", "CAP_SETGID", "CAP_SETUID"];

/** By service: its container's host name, and its name after `sso-STACK-`. */
export const SERVICES: Readonly<Record<string, Allowance>> = {
  postgres: { segments: ["data", "admin"], adminPort: 5432 },
  openldap: { segments: ["data"] },
  keycloak: { segments: ["identity", "data", "mail"], adminPort: 8443 },
  nginx: { segments: ["edge", "identity"], publicPorts: [80, 443] },
  "mail-sink": { segments: ["mail"], capabilities: POSTFIX_CAPABILITIES, root: true },
  postfix: {
    segments: ["edge", "mail", "data"],
    publicPorts: [25, 2525],
    capabilities: POSTFIX_CAPABILITIES,
    root: true,
  },
  simplesamlphp: { segments: ["identity"] },
  knot: { segments: ["edge"], publicPorts: [53] },
  "public-certificate": { segments: ["edge"], hostFolders: ["/given"] },
};

/** What a job may: it hands files on volumes to their owners. */
export const JOB_CAPABILITIES: readonly string[] = ["CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER"];

/** Jobs that may join a network, by their container's name after `sso-STACK-`. */
export const JOB_SEGMENTS: Readonly<Record<string, string>> = { "dns-update": "edge" };

/** Networks of a stack. One that is not internal has a way out, unless it does not masquerade. */
export const SEGMENTS: Readonly<
  Record<string, { readonly internal: boolean; readonly masquerade: boolean }>
> = {
  edge: { internal: false, masquerade: true },
  identity: { internal: false, masquerade: true },
  data: { internal: true, masquerade: true },
  mail: { internal: true, masquerade: true },
  admin: { internal: false, masquerade: false },
};

/** Volumes with what nobody could make anew, by the end of their names (operator guide, "The containers of a stack"). */
export const STATEFUL_VOLUMES: readonly string[] = [
  "postgres-data",
  "openldap-data",
  "ca",
  "postfix-queue",
  "postfix-dkim",
  "knot-data",
  "public-certificate-account",
  "public-certificate-tls",
];
