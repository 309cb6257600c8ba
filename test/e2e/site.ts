import { execFileSync, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Naming } from "../../components/host/naming.ts";
import type { SharedStack } from "../stack/shared.ts";
import type { Sites } from "./browser.ts";

const READY_TIMEOUT_MS = 120_000;

/** A service outside of the stack, for a test: a container that sees the id site as the world does. */
export interface SiteArgs {
  /** Name of the service; its host is `<name>.services.test`. */
  readonly name: string;
  readonly port: number;
  /** Folder under `images` of its Dockerfile. */
  readonly image: string;
  /** Files in its `/etc/site`, besides `tls.crt`, `tls.key` and the stack's CA, `ca.crt`. */
  readonly files: Readonly<Record<string, string>>;
  /** Folders that it sees, by where it sees them. @default none */
  readonly folders?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly command: readonly string[];
}

const hostOf = (name: string): string => `${name}.services.test`;

function docker(...args: readonly string[]): string {
  return execFileSync("docker", args, { encoding: "utf8", stdio: "pipe" }).trim();
}

/** A certificate of their own for all sites, which the browser has to trust. */
export function newSites(stack: SharedStack, names: readonly string[]): Sites {
  const folder = path.join(stack.folder, "sites");
  fs.mkdirSync(folder, { recursive: true });
  const hosts = names.map(hostOf);
  const certificateFile = path.join(folder, "tls.crt");
  execFileSync(
    "openssl",
    [
      ...[
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "2",
      ],
      ...["-keyout", path.join(folder, "tls.key"), "-out", certificateFile, "-subj", "/CN=services.test"],
      ...["-addext", `subjectAltName=${hosts.map((host) => `DNS:${host}`).join(",")}`],
    ],
    { stdio: "pipe" },
  );
  return { hosts, certificateFile };
}

/** Starts a site at the stack's address and waits until it answers. @returns what ends it */
export async function startSite(stack: SharedStack, sites: Sites, site: SiteArgs): Promise<() => void> {
  const folder = path.join(stack.folder, "sites");
  const etc = path.join(folder, site.name);
  fs.mkdirSync(etc, { recursive: true });
  for (const file of ["tls.crt", "tls.key"]) fs.copyFileSync(path.join(folder, file), path.join(etc, file));
  fs.copyFileSync(stack.caFile, path.join(etc, "ca.crt"));
  for (const [file, text] of Object.entries(site.files)) fs.writeFileSync(path.join(etc, file), text);

  const image = `sso-test/${site.image}`;
  docker("build", "--quiet", "--tag", image, path.join(__dirname, "images", site.image));
  const container = new Naming(stack.name).of(`site-${site.name}`);
  const mounts = Object.entries({ ...site.folders, "/etc/site": etc });
  docker(
    ...["run", "--detach", "--name", container, "--network", "host"],
    ...["--add-host", `${stack.domain}:${stack.address}`],
    ...mounts.flatMap(([inside, outside]) => ["--volume", `${outside}:${inside}:ro`]),
    ...Object.entries(site.environment ?? {}).flatMap(([name, value]) => ["--env", `${name}=${value}`]),
    image,
    ...site.command,
  );
  const stop = (): void => {
    docker("rm", "--force", "--volumes", container);
  };
  try {
    await answering(stack, sites, site, container);
  } catch (error) {
    stop();
    throw error;
  }
  return stop;
}

async function answering(
  stack: SharedStack,
  { certificateFile }: Sites,
  { name, port }: SiteArgs,
  container: string,
): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  const url = `https://${hostOf(name)}:${port}/`;
  const resolve = `${hostOf(name)}:${port}:${stack.address}`;
  for (;;) {
    try {
      execFileSync(
        "curl",
        ["-sS", "--cacert", certificateFile, "--resolve", resolve, "-o", "/dev/null", url],
        {
          stdio: "pipe",
        },
      );
      return;
    } catch (error) {
      const isRunning = docker("inspect", "--format", "{{.State.Running}}", container) === "true";
      if (isRunning && Date.now() < deadline) {
        await delay(500);
        continue;
      }
      const { stdout, stderr } = spawnSync("docker", ["logs", "--tail", "30", container], { encoding: "utf8" });
      throw new Error(`site ${name} does not answer:\n${stdout}${stderr}`, { cause: error });
    }
  }
}
