import * as fs from "node:fs";
import * as path from "node:path";
import { Naming } from "../../components/host/naming.ts";
import { buildImage, imageOf, startBeside } from "./beside.ts";
import { docker } from "./containers.ts";
import type { Throwaway } from "./throwaway.ts";

/** The image that stand-ins run on, which has Python, and its user. */
const IMAGE = { service: "mail-sink", uid: 7050 };

const IMAGES = path.join(import.meta.dirname, "../e2e/images");

/** A server outside the stack that a test stands in for. */
export interface StandIn {
  /** Name of the script in `test/stand-ins`, without `.py`. */
  readonly script: string;
  /** Folder under `e2e/images` of the Dockerfile of what it runs on. @default one of the stack's own images */
  readonly image?: string;
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
  const { script, image, host, containerPort, port, environment } = standIn;
  const file = path.join(import.meta.dirname, "../stand-ins", `${script}.py`);
  const probe = `import socket; socket.create_connection(("127.0.0.1", ${containerPort}), 1)`;
  return startBeside(stack, {
    name: `stand-in-${script}`,
    host,
    uid: IMAGE.uid,
    image: image === undefined ? imageOf(stack, IMAGE.service) : buildImage(image, IMAGES),
    options: [
      ...["--network", new Naming(stack.name).of("identity"), "--network-alias", host],
      ...(port === undefined ? [] : ["--publish", `${stack.address}:${port}:${containerPort}`]),
      ...Object.entries(environment ?? {}).flatMap(([key, value]) => ["--env", `${key}=${value}`]),
      ...["--entrypoint", "python3"],
    ],
    command: ["-u", "-c", fs.readFileSync(file, "utf8")],
    probe: (container) => docker("exec", container, "python3", "-c", probe),
  });
}
