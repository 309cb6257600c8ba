/** nginx between clients with addresses of their own, by IPv4 and IPv6, and a stand-in for what is behind it. */
import * as fs from "node:fs";
import * as path from "node:path";
import { lastingUntil } from "../../../components/certificates/certificates.ts";
import { NGINX_UID } from "../../../components/nginx/nginx.ts";
import { ownFiles } from "../../../components/nginx/files.ts";
import { renderNginxConf } from "../../../components/nginx/render.ts";
import { docker } from "../../stack/containers.ts";
import { fillVolume, ready, removeAll } from "../engine.ts";

/** Half of them may come at once. */
export const LOGINS_PER_MINUTE = 12;

const DOMAIN = "id.limits.test";
const UPSTREAM_UID = 7050;
const UPSTREAMS = ["keycloak", "simplesamlphp"];

/** What a client is told to do, and what its statuses are printed for; see `client.py`. */
export interface Order {
  readonly request: readonly [method: "GET" | "POST", path: string];
  readonly times: number;
  /** One after the other, side by side, side by side without waiting for an answer, or never to their end. */
  readonly way: "in turn" | "at once" | "and leave" | "in part";
}

const scriptOf = (name: string): string =>
  fs.readFileSync(path.join(import.meta.dirname, `${name}.py`), "utf8");

const imageOf = (service: string): string => `sso-test/limits-${service}`;

export class Lab {
  private readonly prefix = `limits-test-${process.pid}`;
  private readonly networkV4 = `100.${64 + (process.pid % 64)}.${Math.floor(process.pid / 64) % 256}`;
  private readonly networkV6 = `fd53:534f:${(process.pid % 65_536).toString(16)}`;

  private of(role: string): string {
    return `${this.prefix}-${role}`;
  }

  public async start(): Promise<void> {
    for (const image of ["nginx", "certificates", "mail-sink"])
      docker("build", "--quiet", "--tag", imageOf(image), `components/${image}/image`);
    for (const [network, subnetV4] of [
      ["1", `${this.networkV4}.0/25`],
      ["2", `${this.networkV4}.128/25`],
    ] as const) {
      const subnetV6 = `${this.networkV6}:${network}::/64`;
      docker("network", "create", "--subnet", subnetV4, "--ipv6", "--subnet", subnetV6, this.of(network));
    }
    docker(
      ...["run", "--rm", "--network", "none", "--volume", `${this.of("ca")}:/ca`],
      ...["nginx", "upstream"].flatMap((role) => ["--volume", `${this.of(`${role}-tls`)}:/tls/${role}`]),
      ...[imageOf("certificates"), "limits tests' CA", lastingUntil(new Date())],
      ...[`nginx:${NGINX_UID}:${DOMAIN}`, `upstream:${UPSTREAM_UID}:${UPSTREAMS.join(",")}`],
    );
    this.run(
      "upstream",
      [
        ...UPSTREAMS.flatMap((name) => ["--network-alias", name]),
        ...["--user", `${UPSTREAM_UID}:${UPSTREAM_UID}`, "--entrypoint", "python3"],
      ],
      [imageOf("mail-sink"), "-c", scriptOf("upstream")],
    );
    fillVolume(this.of("nginx-config"), imageOf("nginx"), NGINX_UID, {
      "nginx.conf": nginxConf(),
      ...ownFiles([]),
    });
    this.run(
      "nginx",
      [
        ...["--ip", `${this.networkV4}.100`, "--ip6", this.nginxV6("1"), "--read-only"],
        ...["--tmpfs", `/tmp:rw,nosuid,nodev,size=16m,mode=0700,uid=${NGINX_UID},gid=${NGINX_UID}`],
        ...["--volume", `${this.of("nginx-config")}:/etc/sso:ro`],
      ],
      [imageOf("nginx")],
    );
    docker("network", "connect", "--ip6", this.nginxV6("2"), this.of("2"), this.of("nginx"));
    await ready(this.of("nginx"), ["healthcheck"]);
  }

  private nginxV6(network: string): string {
    return `${this.networkV6}:${network}::100`;
  }

  /** Has a client of IPv4 carry out orders; gives the statuses that it got for each. */
  public clientV4(host: number, orders: readonly Order[]): number[][] {
    return this.client("1", ["--ip", `${this.networkV4}.${host}`], `${this.networkV4}.100`, orders);
  }

  /** The same by IPv6, in one of the lab's two /64. */
  public clientV6(network: "1" | "2", host: string, orders: readonly Order[]): number[][] {
    const address = `${this.networkV6}:${network}:${host}`;
    return this.client(network, ["--ip6", address], this.nginxV6(network), orders);
  }

  private client(
    network: string,
    options: readonly string[],
    nginx: string,
    orders: readonly Order[],
  ): number[][] {
    const said = docker(
      ...["run", "--rm", "--network", this.of(network), ...options, "--entrypoint", "python3"],
      ...[imageOf("mail-sink"), "-c", scriptOf("client"), nginx, DOMAIN, JSON.stringify(orders)],
    );
    return JSON.parse(said) as number[][];
  }

  public remove(): void {
    removeAll(this.prefix);
  }

  private run(role: string, options: readonly string[], command: readonly string[]): void {
    docker(
      ...["run", "--detach", "--init", "--name", this.of(role), "--hostname", role],
      ...["--network", this.of("1"), "--volume", `${this.of(`${role}-tls`)}:/etc/sso-tls:ro`],
      ...["--cap-drop", "ALL", "--security-opt", "no-new-privileges:true", ...options, ...command],
    );
  }
}

function nginxConf(): string {
  return renderNginxConf({
    domain: DOMAIN,
    keycloak: { host: "keycloak", port: 8443 },
    shim: { host: "simplesamlphp", port: 8443 },
    hasIpv6: true,
    homeRealm: "community",
    shortLinks: {},
    files: {},
    fileSites: [],
    adminNetworks: [],
    loginsPerMinute: LOGINS_PER_MINUTE,
  });
}
