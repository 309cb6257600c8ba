import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Naming } from "../../components/host/naming.ts";
import type { Throwaway } from "./throwaway.ts";

/** User of the image that the stand-ins run on, which has Python. */
const IMAGE = { service: "mail-sink", uid: 7050 };

const READY_TIMEOUT_MS = 30_000;

/** A server outside the stack that a test stands in for. */
export interface StandIn {
  /** Name of the script in `test/stand-ins`, without `.py`. */
  readonly script: string;
  /** Host name under which the stack's containers find it, and which its certificate bears. */
  readonly host: string;
  /** Port it listens on in its container. */
  readonly containerPort: number;
  /** Port of the stack's address that it is published on. @default not published */
  readonly port?: number;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Starts a stand-in whose certificate the stack's CA signed; gives what removes it. */
export async function startStandIn(stack: Throwaway, standIn: StandIn): Promise<() => void> {
  const naming = new Naming(stack.name);
  const name = naming.of(`stand-in-${standIn.script}`);
  const tls = `${name}-tls`;
  const remove = (): void => {
    docker("rm", "--force", "--volumes", name);
    docker("volume", "rm", "--force", tls);
  };
  docker("volume", "create", tls);
  docker(
    ...["run", "--rm", "--volume", `${naming.of("ca")}:/ca`, "--volume", `${tls}:/tls/${standIn.script}`],
    ...[imageOf(naming, "certificates"), "unused", `${standIn.script}:${IMAGE.uid}:${standIn.host}`],
  );
  const script = fs.readFileSync(
    path.join(import.meta.dirname, "../stand-ins", `${standIn.script}.py`),
    "utf8",
  );
  const published =
    standIn.port === undefined
      ? []
      : ["--publish", `${stack.address}:${standIn.port}:${standIn.containerPort}`];
  const environment = Object.entries(standIn.environment ?? {}).flatMap(([key, value]) => [
    "--env",
    `${key}=${value}`,
  ]);
  docker(
    ...["run", "--detach", "--name", name, "--user", `${IMAGE.uid}:${IMAGE.uid}`],
    ...["--network", naming.of("identity"), "--network-alias", standIn.host, "--volume", `${tls}:/tls:ro`],
    ...[
      ...published,
      ...environment,
      "--entrypoint",
      "python3",
      imageOf(naming, IMAGE.service),
      "-u",
      "-c",
      script,
    ],
  );
  try {
    await listens(name, standIn.containerPort);
  } catch (error) {
    remove();
    throw error;
  }
  return remove;
}

function imageOf(naming: Naming, service: string): string {
  const [image] = docker("images", "--quiet", naming.image(service)).split("\n");
  if (image === undefined || image === "") throw new Error(`the stack has no image of ${service}`);
  return image;
}

async function listens(container: string, port: number): Promise<void> {
  const probe = `import socket; socket.create_connection(("127.0.0.1", ${port}), 1)`;
  for (const end = Date.now() + READY_TIMEOUT_MS; ;) {
    try {
      docker("exec", container, "python3", "-c", probe);
      return;
    } catch (error) {
      if (Date.now() > end) throw error;
    }
    await sleep(200);
  }
}

function docker(...args: string[]): string {
  return execFileSync("docker", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}
