/** nginx, the keeper of its certificate, and Pebble as the ACME server, on a network of their own. */
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import * as tls from "node:tls";
import { lastingUntil } from "../../../components/certificates/certificates.ts";
import { KNOT_UID } from "../../../components/knot/knot.ts";
import {
  CHALLENGES_KEY,
  KNOT_PORT,
  RECORDS_KEY,
  renderEmptyZone,
  renderKeys,
  renderKnotConf,
} from "../../../components/knot/render.ts";
import { renderNginxConf } from "../../../components/nginx/render.ts";
import { NGINX_UID } from "../../../components/nginx/nginx.ts";
import { PUBLIC_CERTIFICATE_UID } from "../../../components/public-certificate/public-certificate.ts";
import {
  renderLegoArgs,
  renderLegoEnvironment,
  renderNames,
  TSIG_SECRET,
} from "../../../components/public-certificate/render.ts";
import { eventually } from "../../eventually.ts";
import { docker, logOf } from "../../stack/containers.ts";
import { exec, fillVolume, ready, removeAll } from "../engine.ts";

export const ZONE = "keeper.test";
/** The first one is not the first by alphabet, as lego itself might take it. */
export const NAMES = [`id.${ZONE}`, `aliases.${ZONE}`] as const;

const PEBBLE_UID = 7050;
const CERTIFICATE_HOURS = 24; // always due for renewal

const PEBBLE = {
  pebble: {
    listenAddress: "0.0.0.0:14000",
    managementListenAddress: "0.0.0.0:15000",
    certificate: "/etc/sso-tls/tls.crt",
    privateKey: "/etc/sso-tls/tls.key",
    httpPort: 8080, // of nginx's container, which the host publishes as 80
    tlsPort: 8443,
    ocspResponderURL: "",
    externalAccountBindingRequired: false,
    certificateValidityPeriod: CERTIFICATE_HOURS * 3600,
  },
};

/** What a TLS client is shown. */
export interface Shown {
  readonly issuer: string;
  readonly serial: string;
  readonly names: readonly string[];
}

/** The key by which the keeper puts answers into the zone, and the one that may change everything in it. */
export const KEYS = [
  { name: CHALLENGES_KEY, algorithm: "hmac-sha256", secret: "Y2FuYXJ5NGFjbWU=" },
  { name: RECORDS_KEY, algorithm: "hmac-sha256", secret: "Y2FuYXJ5NHJlY29yZHM=" },
] as const;

const DNS = { host: "knot", port: KNOT_PORT, key: KEYS[0], hasSecondaries: false };

const TOOLS = "sso-test/dns";

const OCSP_PORT = 8888;

export class Lab {
  private readonly prefix = `keeper-test-${process.pid}`;
  /** Where the host publishes nginx's TLS port. */
  private readonly address = `127.50.${process.pid % 250}.${1 + (Math.floor(process.pid / 250) % 250)}`;

  public of(role: string): string {
    return `${this.prefix}-${role}`;
  }

  /** Brings up everything but the keeper. */
  public async start(): Promise<void> {
    for (const image of ["nginx", "certificates", "public-certificate"])
      docker("build", "--quiet", "--tag", imageOf(image), `components/${image}/image`);
    docker("build", "--quiet", "--tag", imageOf("pebble"), "test/labs/certificates/image");
    docker("network", "create", this.of("net"));
    docker(
      ...["run", "--rm", "--network", "none", "--volume", `${this.of("ca")}:/ca`],
      ...[
        "--volume",
        `${this.of("nginx-tls")}:/tls/nginx`,
        "--volume",
        `${this.of("pebble-tls")}:/tls/pebble`,
      ],
      ...[imageOf("certificates"), "keeper tests' CA", lastingUntil(new Date())],
      ...[`nginx:${NGINX_UID}:${NAMES.join(",")}`, `pebble:${PEBBLE_UID}:pebble`],
    );
    fillVolume(this.of("pebble-config"), imageOf("pebble"), PEBBLE_UID, {
      "pebble.json": JSON.stringify(PEBBLE),
    });
    this.startPebble([]);
    fillVolume(this.of("nginx-config"), imageOf("nginx"), NGINX_UID, { "nginx.conf": nginxConf() });
    this.run("nginx", NGINX_UID, {
      options: [
        ...NAMES.flatMap((name) => ["--network-alias", name]),
        ...["--publish", `${this.address}:443:8443`, "--group-add", String(PUBLIC_CERTIFICATE_UID)],
        ...["--volume", `${this.of("nginx-tls")}:/etc/sso-tls:ro`],
        ...["--volume", `${this.of("tls")}:/etc/sso-public-tls:ro`],
        ...["--volume", `${this.of("challenges")}:/var/lib/challenges:ro`],
      ],
    });
    await ready(this.of("nginx"), ["healthcheck"]);
  }

  private startPebble(command: readonly string[]): void {
    docker("rm", "--force", this.of("pebble"));
    this.run("pebble", PEBBLE_UID, {
      options: ["--volume", `${this.of("pebble-tls")}:/etc/sso-tls:ro`],
      command,
    });
  }

  /** Brings up a name server of the names' zone, and has Pebble ask it instead of Docker's DNS. */
  public async startDns(): Promise<void> {
    docker("build", "--quiet", "--tag", imageOf("knot"), "components/knot/image");
    docker("build", "--quiet", "--tag", TOOLS, "test/stack/images/dns");
    fillVolume(this.of("knot-config"), imageOf("knot"), KNOT_UID, {
      "knot.conf": renderKnotConf({ zones: [ZONE], challenged: NAMES }),
      "keys.conf": renderKeys(KEYS),
      [`zones/${ZONE}.zone`]: renderEmptyZone(ZONE, `ns1.${ZONE}`),
    });
    this.run("knot", KNOT_UID, {
      options: [
        ...["--tmpfs", `/run/knot:rw,nosuid,nodev,size=1m,mode=0700,uid=${KNOT_UID},gid=${KNOT_UID}`],
        ...["--volume", `${this.of("knot-data")}:/var/lib/knot`],
      ],
    });
    await ready(this.of("knot"), ["healthcheck"]);
    this.startPebble(["-dnsserver", `${DNS.host}:${DNS.port}`]);
  }

  /** Sends an update to the name server by one of its keys; gives what nsupdate says of it: nothing when it was taken. */
  public update(key: (typeof KEYS)[number], record: string): string {
    const order = `server ${DNS.host} ${DNS.port}\nzone ${ZONE}\nupdate add ${record}\nsend\n`;
    const { stdout, stderr } = spawnSync(
      "docker",
      [
        ...["run", "--rm", "--interactive", "--network", this.of("net"), TOOLS],
        ...["nsupdate", "-y", `${key.algorithm}:${key.name}:${key.secret}`],
      ],
      { input: order, encoding: "utf8" },
    );
    return `${stdout}${stderr}`.trim();
  }

  /** PEM of the CA that signed Pebble's own certificate, and nginx's first one. */
  public get ca(): string {
    return exec(this.of("nginx"), ["cat", "/etc/sso-tls/ca.crt"]);
  }

  /** Starts the keeper anew, with Pebble as its source. */
  public obtain(
    names: readonly string[],
    serverCa: string | undefined,
    challenge: "http-01" | "dns-01" = "http-01",
    email = "operators@keeper.test",
  ): void {
    const args = {
      ...{ directory: "https://pebble:14000/dir", email },
      ...(challenge === "http-01" ? {} : { dns: DNS }),
    };
    this.startKeeper(
      "acme",
      {
        names: renderNames(names),
        "lego.args": renderLegoArgs(args),
        ...(challenge === "http-01"
          ? {}
          : { "lego.env": renderLegoEnvironment(DNS), [TSIG_SECRET]: DNS.key.secret }),
        ...(serverCa === undefined ? {} : { "ca.crt": serverCa }),
      },
      [
        ...["--volume", `${this.of("account")}:/var/lib/acme`],
        ...["--volume", `${this.of("challenges")}:/var/lib/challenges`],
      ],
    );
  }

  /** Starts the keeper anew, with a folder of the host as its source. */
  public take(names: readonly string[], folder: string): void {
    this.startKeeper("given", { names: renderNames(names) }, ["--volume", `${folder}:/given:ro`]);
  }

  private startKeeper(
    kind: string,
    files: Readonly<Record<string, string>>,
    options: readonly string[],
  ): void {
    docker("rm", "--force", this.of("keeper"));
    docker("volume", "rm", "--force", this.of("keeper-config"));
    fillVolume(this.of("keeper-config"), imageOf("public-certificate"), PUBLIC_CERTIFICATE_UID, files);
    this.run("keeper", PUBLIC_CERTIFICATE_UID, {
      image: "public-certificate",
      options: [...options, "--volume", `${this.of("tls")}:/var/lib/public-tls`],
      command: [kind],
    });
  }

  /** Ends the keeper and publishes its certificate with another key, as one that was changed while it was copied. */
  public publishMixed(): void {
    docker("rm", "--force", this.of("keeper"));
    const script = `
      mkdir mixed
      cp current/tls.crt mixed
      openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out mixed/tls.key
      chmod 0440 mixed/*
      ln -sfn mixed next
      mv -T next current`;
    docker(
      ...["run", "--rm", "--network", "none", "--volume", `${this.of("tls")}:/tls`, "--workdir", "/tls"],
      ...["--entrypoint", "bash", imageOf("public-certificate"), "-ec", script],
    );
  }

  /** What there is where the keeper publishes. */
  public published(): string[] {
    return exec(this.of("keeper"), ["ls", "/var/lib/public-tls"]).trim().split("\n");
  }

  /** Starts nginx's container again, which keeps nothing, and waits until it serves. */
  public async restartNginx(): Promise<void> {
    docker("restart", this.of("nginx"));
    await ready(this.of("nginx"), ["healthcheck"]);
  }

  /** Waits until the keeper has published a good certificate. */
  public async kept(): Promise<void> {
    await ready(this.of("keeper"), ["healthcheck"]);
  }

  public keeperIsHealthy(): boolean {
    try {
      exec(this.of("keeper"), ["healthcheck"]);
      return true;
    } catch {
      return false;
    }
  }

  /** Waits until the keeper has said this, or nginx. */
  public async said(what: RegExp, role: "keeper" | "nginx" = "keeper"): Promise<void> {
    await eventually(
      () => `${role} says ${String(what)}:\n${this.log(role)}`,
      () => what.test(this.log(role)),
    );
  }

  public log(role: "keeper" | "nginx" = "keeper"): string {
    return logOf(this.of(role));
  }

  /** What nginx shows to who comes; the client trusts nobody in particular. */
  public shown(name: string): Promise<Shown> {
    return new Promise((resolve, reject) => {
      const socket = tls.connect({
        host: this.address,
        port: 443,
        servername: name,
        rejectUnauthorized: false,
      });
      socket.setTimeout(5000, () => {
        socket.destroy(new Error("no answer"));
      });
      socket.once("error", reject);
      socket.once("secureConnect", () => {
        const { issuer, serialNumber, subjectaltname = "" } = socket.getPeerCertificate();
        socket.end();
        resolve({
          issuer: String(issuer.CN),
          serial: serialNumber,
          names: subjectaltname.split(", ").map((each) => each.replace("DNS:", "")),
        });
      });
    });
  }

  /** Starts the responder of the issuer whose folder `makeIssuedPair` has filled. */
  public startResponder(folder: string): void {
    this.run("ocsp", 0, {
      image: "certificates",
      options: ["--volume", `${folder}:/pki:ro`, "--entrypoint", "openssl"],
      command: [
        ...["ocsp", "-port", String(OCSP_PORT), "-index", "/pki/index.txt", "-CA", "/pki/ca.crt"],
        ...["-rsigner", "/pki/ca.crt", "-rkey", "/pki/ca.key", "-nmin", "60"],
      ],
    });
  }

  /** What nginx says of its certificate's standing, in OpenSSL's words. */
  public standing(name: string): string {
    const client = ["s_client", "-connect", "nginx:8443", "-servername", name, "-status"];
    const { stdout } = spawnSync(
      "docker",
      [
        ...["run", "--rm", "--network", this.of("net"), "--entrypoint", "openssl"],
        ...[imageOf("certificates"), ...client],
      ],
      { encoding: "utf8", input: "" },
    );
    return stdout;
  }

  /** Waits until nginx shows a certificate for which this holds; after one that it refused it takes its time. */
  public async showing(what: (shown: Shown) => boolean): Promise<Shown> {
    return eventually(
      () => `nginx shows it:\n${this.log()}`,
      async () => {
        const shown = await this.shown(NAMES[0]);
        return what(shown) && shown;
      },
    );
  }

  public remove(): void {
    removeAll(this.prefix);
  }

  private run(
    role: string,
    uid: number,
    container: {
      readonly image?: string;
      readonly options: readonly string[];
      readonly command?: readonly string[];
    },
  ): void {
    docker(
      ...[
        "run",
        "--detach",
        "--init",
        "--name",
        this.of(role),
        "--hostname",
        role,
        "--user",
        `${uid}:${uid}`,
      ],
      ...["--network", this.of("net"), "--network-alias", role],
      ...["--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges:true"],
      ...["--tmpfs", `/tmp:rw,nosuid,nodev,size=16m,mode=0700,uid=${uid},gid=${uid}`],
      ...["--volume", `${this.of(`${role}-config`)}:/etc/sso:ro`],
      ...container.options,
      ...[imageOf(container.image ?? role), ...(container.command ?? [])],
    );
  }
}

function nginxConf(): string {
  const [domain, ...others] = NAMES;
  return renderNginxConf({
    domain,
    keycloak: { host: "keycloak", port: 8443 },
    homeRealm: "community",
    shortLinks: {},
    files: {},
    fileSites: others.map((other) => ({ domain: other, files: {} })),
    adminNetworks: [],
    loginsPerMinute: 300,
    hasPublicCertificate: true,
  });
}

function imageOf(service: string): string {
  return `sso-test/keeper-${service}`;
}

/** Makes a pair in a folder: a certificate for these names that signs itself, and its key. */
export function makePair(folder: string, names: readonly string[]): void {
  const pair = [
    "--volume",
    `${folder}:/pair`,
    "--workdir",
    "/pair",
    "--entrypoint",
    "openssl",
    imageOf("certificates"),
  ];
  docker(
    ...["run", "--rm", "--network", "none", ...pair],
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30"],
    ...["-keyout", "tls.key", "-out", "tls.crt", "-subj", "/CN=brought by hand"],
    ...["-addext", `subjectAltName=${names.map((name) => `DNS:${name}`).join(",")}`],
  );
  letRead(folder);
}

/** Makes a pair in a folder that an issuer of its own has signed, who says at `http://ocsp` how it stands. */
export function makeIssuedPair(folder: string, issuer: string, names: readonly string[]): void {
  const extensions = [
    `subjectAltName=${names.map((name) => `DNS:${name}`).join(",")}`,
    `authorityInfoAccess=OCSP;URI:http://ocsp:${OCSP_PORT}`,
  ];
  fs.writeFileSync(path.join(issuer, "leaf.ext"), extensions.join("\n"));
  fs.writeFileSync(path.join(issuer, "index.txt"), "V\t991231235959Z\t\t1001\tunknown\t/CN=issued\n");
  const key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
  const script = `
    openssl req -x509 ${key} -days 30 -keyout ca.key -out ca.crt -subj "/CN=issuer with a responder"
    openssl req ${key} -keyout /pair/tls.key -out leaf.csr -subj /CN=issued
    openssl x509 -req -in leaf.csr -CA ca.crt -CAkey ca.key -set_serial 0x1001 -days 30 -extfile leaf.ext -out leaf.crt
    cat leaf.crt ca.crt >/pair/tls.crt`;
  docker(
    ...["run", "--rm", "--network", "none", "--volume", `${folder}:/pair`, "--volume", `${issuer}:/pki`],
    ...["--workdir", "/pki", "--entrypoint", "sh", imageOf("certificates"), "-ec", script],
  );
  letRead(folder);
}

/** Lets the keeper's group read a folder's files, and nobody else. */
export function letRead(folder: string): void {
  for (const file of [folder, ...fs.readdirSync(folder).map((name) => path.join(folder, name))]) {
    fs.chownSync(file, 0, PUBLIC_CERTIFICATE_UID);
    fs.chmodSync(file, fs.statSync(file).isDirectory() ? 0o750 : 0o640);
  }
}
