import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as https from "node:https";
import * as path from "node:path";
import type * as automation from "@pulumi/pulumi/automation/index.js";
import type RealmRepresentation from "@keycloak/keycloak-admin-client/lib/defs/realmRepresentation.js";
import { readOutputs } from "../../automation/outputs.ts";
import { lastingUntil } from "../../components/certificates/certificates.ts";
import { connectAdmin } from "../../components/keycloak/admin-client.ts";
import { renderNginxConf } from "../../components/nginx/render.ts";
import { renderRefresh, renderSlapdConfig, renderTree } from "../../components/openldap/render.ts";
import { eventually } from "../eventually.ts";
import { docker } from "../stack/containers.ts";
import { SUFFIX } from "../stack/throwaway.ts";

/** What one would type without Pulumi: the same services with plain docker, a stock Keycloak, one REST import. */
export interface ByHand {
  readonly prefix: string;
  readonly address: string;
  readonly domain: string;
  readonly folder: string;
  /** Image references by service. */
  readonly images: Readonly<Record<"certificates" | "postgres" | "openldap" | "keycloak" | "nginx", string>>;
  readonly realm: RealmRepresentation;
}

const PASSWORD = "by-hand-password";

/** Looks often, as someone who watches closely would. */
const CLOSELY = { withinMs: 180_000, everyMs: 100 } as const;

/** Whether the Keycloak whose admin API is at an address serves: a process in its container would cost it CPU. */
export function keycloakServes(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const options = { rejectUnauthorized: false, timeout: 2000 };
    const request = https.get(`https://${address}:18443/realms/master`, options, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => {
      resolve(false);
    });
  });
}

/** Brings everything up; it serves the realm when this returns. */
export async function bringUpByHand(hand: ByHand): Promise<void> {
  writeFiles(hand);
  for (const network of ["edge", "identity", "data"])
    docker("network", "create", `${hand.prefix}-${network}`);
  const certificates = issueCertificates(hand);
  startStores(hand);
  const postgres = ["exec", `${hand.prefix}-postgres`, "pg_isready", "-q", "-h", "127.0.0.1"];
  await eventually("postgres is ready", () => succeeds(...postgres), CLOSELY);
  const sql = `CREATE ROLE keycloak LOGIN PASSWORD '${PASSWORD}'; CREATE DATABASE keycloak OWNER keycloak`;
  for (const statement of sql.split("; ")) {
    docker("exec", "-u", "postgres", `${hand.prefix}-postgres`, "psql", "-qc", statement);
  }
  startKeycloak(hand);
  startNginx(hand);
  await eventually("keycloak is ready", () => keycloakServes(hand.address), CLOSELY);
  const account = { url: `https://${hand.address}:18443`, clientId: "pulumi", clientSecret: PASSWORD };
  const client = await connectAdmin(account, certificates);
  await client.realms.create(hand.realm);
}

function succeeds(...args: string[]): boolean {
  return spawnSync("docker", args, { stdio: "ignore" }).status === 0;
}

function writeFiles({ folder, domain }: ByHand): void {
  const files: Record<string, Record<string, string>> = {
    openldap: {
      "slapd.ldif": renderSlapdConfig({ suffix: SUFFIX, uid: 7020 }),
      "tree.ldif": renderTree(SUFFIX),
      "refresh.ldif": renderRefresh(SUFFIX),
      "seed.ldif": fs.readFileSync("components/openldap/seeds/dev.ldif", "utf8"),
      "password.admin": PASSWORD,
      "password.keycloak": PASSWORD,
      "password.postfix": PASSWORD,
    },
    nginx: {
      "nginx.conf": renderNginxConf({
        domain,
        keycloak: { host: "keycloak", port: 8443 },
        homeRealm: "community",
        shortLinks: {},
        files: {},
        fileSites: [],
        adminNetworks: [],
        loginsPerMinute: 100_000,
      }),
    },
  };
  for (const [service, contents] of Object.entries(files)) {
    fs.mkdirSync(path.join(folder, service), { recursive: true });
    fs.chmodSync(path.join(folder, service), 0o755);
    for (const [name, content] of Object.entries(contents)) {
      fs.writeFileSync(path.join(folder, service, name), content, { mode: 0o644 });
    }
  }
  fs.chmodSync(folder, 0o755);
}

function issueCertificates({ prefix, domain, address, images }: ByHand): string {
  const services = ["openldap", "keycloak", "nginx"];
  return docker(
    ...["run", "--rm", "--network", "none", "-v", `${prefix}-ca:/ca`],
    ...services.flatMap((service) => ["-v", `${prefix}-${service}-tls:/tls/${service}`]),
    images.certificates,
    "By hand",
    lastingUntil(new Date()),
    "openldap:7020:openldap",
    `keycloak:7030:keycloak,${address}`,
    `nginx:7040:${domain}`,
  );
}

function startStores({ prefix, folder, images }: ByHand): void {
  docker(
    ...[
      "run",
      "-d",
      "--name",
      `${prefix}-postgres`,
      "--network",
      `${prefix}-data`,
      "--network-alias",
      "postgres",
    ],
    ...[
      "-e",
      `POSTGRES_PASSWORD=${PASSWORD}`,
      "-v",
      `${prefix}-postgres:/var/lib/postgresql/data`,
      images.postgres,
    ],
  );
  docker(
    ...[
      "run",
      "-d",
      "--name",
      `${prefix}-openldap`,
      "--network",
      `${prefix}-data`,
      "--network-alias",
      "openldap",
    ],
    ...[
      "--tmpfs",
      "/run/slapd:uid=7020,gid=7020,mode=0700",
      "-v",
      `${path.join(folder, "openldap")}:/etc/sso:ro`,
    ],
    ...[
      "-v",
      `${prefix}-openldap-tls:/etc/sso-tls:ro`,
      "-v",
      `${prefix}-openldap:/var/lib/ldap`,
      images.openldap,
    ],
  );
}

function startKeycloak({ prefix, domain, address, images }: ByHand): void {
  docker(
    ...[
      "create",
      "--name",
      `${prefix}-keycloak`,
      "--network",
      `${prefix}-identity`,
      "--network-alias",
      "keycloak",
    ],
    ...["-p", `${address}:18443:8443`, "-v", `${prefix}-keycloak-tls:/etc/sso-tls:ro`, "--user", "0:0"],
    ...["-e", `KC_DB_PASSWORD=${PASSWORD}`, "-e", "KC_BOOTSTRAP_ADMIN_CLIENT_ID=pulumi"],
    ...["-e", `KC_BOOTSTRAP_ADMIN_CLIENT_SECRET=${PASSWORD}`, images.keycloak],
    ...["start", "--optimized", `--hostname=https://${domain}`, "--proxy-headers=xforwarded"],
    ...["--https-certificate-file=/etc/sso-tls/tls.crt", "--https-certificate-key-file=/etc/sso-tls/tls.key"],
    ...["--truststore-paths=/etc/sso-tls/ca.crt", "--db-url-host=postgres", "--db-username=keycloak"],
  );
  docker("network", "connect", `${prefix}-data`, `${prefix}-keycloak`);
  docker("start", `${prefix}-keycloak`);
}

function startNginx({ prefix, folder, address, images }: ByHand): void {
  docker(
    ...["create", "--name", `${prefix}-nginx`, "--network", `${prefix}-edge`, "--tmpfs", "/tmp"],
    ...["-p", `${address}:80:8080`, "-p", `${address}:443:8443`],
    ...[
      "-v",
      `${path.join(folder, "nginx")}:/etc/sso:ro`,
      "-v",
      `${prefix}-nginx-tls:/etc/sso-tls:ro`,
      images.nginx,
    ],
  );
  docker("network", "connect", `${prefix}-identity`, `${prefix}-nginx`);
  docker("start", `${prefix}-nginx`);
}

/** Names of what only our image has: mappers, listeners and steps of flows of the extension. */
const OWN = /^sso-/;

/** The same without what a stock Keycloak does not know. */
function stock<T>(value: T): T {
  if (Array.isArray(value)) return value.filter((item) => !isOwn(item)).map(stock) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, stock(inner as unknown)])) as T;
}

function isOwn(item: unknown): boolean {
  if (typeof item === "string") return OWN.test(item);
  const { providerId, authenticator } = (item ?? {}) as Record<string, unknown>;
  return [providerId, authenticator].some((name) => typeof name === "string" && OWN.test(name));
}

/** A running stack's realm, as an import into a stock Keycloak takes it. */
export async function exportRealm(outputs: automation.OutputMap): Promise<RealmRepresentation> {
  const view = readOutputs("bench", outputs);
  const client = await connectAdmin(view.admin, view.caCertificate);
  return stock(
    await client.realms.export({ realm: "community", exportClients: true, exportGroupsAndRoles: true }),
  );
}
