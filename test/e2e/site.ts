import { once } from "node:events";
import * as fs from "node:fs";
import * as net from "node:net";
import * as path from "node:path";
import { buildImage, startBeside } from "../stack/beside.ts";
import type { SharedStack } from "../stack/shared.ts";

/** A service outside of the stack, for a test: a container that sees the id site as the world does. */
export interface Site {
  /** Name of the service. */
  readonly name: string;
  /** Its base URL; it listens at the stack's address, on this port. */
  readonly url: string;
  /** Folder under `images` of its Dockerfile. */
  readonly image: string;
  /** Files in its `/etc/site`. */
  readonly files: Readonly<Record<string, string>>;
  /** Folders that it sees, by where it sees them. @default none */
  readonly folders?: Readonly<Record<string, string>>;
  /** @default none */
  readonly environment?: Readonly<Record<string, string>>;
  /** @default what the image runs */
  readonly command?: readonly string[];
}

/** Starts a site whose certificate the stack's CA signed; gives what removes it. */
export async function startSite(stack: SharedStack, site: Site): Promise<() => void> {
  const { hostname, port } = new URL(site.url);
  const image = buildImage(site.image, path.join(import.meta.dirname, "images"));
  const files = path.join(stack.folder, "sites", site.name);
  fs.mkdirSync(files, { recursive: true });
  for (const [file, text] of Object.entries(site.files)) fs.writeFileSync(path.join(files, file), text);
  const mounts = Object.entries({ ...site.folders, "/etc/site": files });
  return startBeside(stack, {
    name: `site-${site.name}`,
    host: hostname,
    uid: 0,
    image,
    options: [
      ...["--network", "host", "--add-host", `${stack.domain}:${stack.address}`],
      ...mounts.flatMap(([inside, outside]) => ["--volume", `${outside}:${inside}:ro`]),
      ...Object.entries(site.environment ?? {}).flatMap(([key, value]) => ["--env", `${key}=${value}`]),
    ],
    command: site.command ?? [],
    probe: () => connect(stack.address, Number(port)),
  });
}

async function connect(host: string, port: number): Promise<void> {
  const socket = net.connect({ host, port });
  try {
    await once(socket, "connect");
  } finally {
    socket.destroy();
  }
}
