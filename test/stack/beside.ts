import * as path from "node:path";
import { lastingUntil } from "../../components/certificates/certificates.ts";
import { Naming } from "../../components/host/naming.ts";
import { docker, untilServing } from "./containers.ts";
import type { Throwaway } from "./throwaway.ts";

/** A server beside the stack, in a container of its own. */
export interface Server {
  /** Name after the stack's prefix. */
  readonly name: string;
  /** Host name that its certificate bears. */
  readonly host: string;
  /** User that the container runs as and its key belongs to. */
  readonly uid: number;
  readonly image: string;
  /** What `docker run` takes besides. */
  readonly options: readonly string[];
  readonly command: readonly string[];
  /** Fails for as long as the server does not listen. */
  readonly probe: (container: string) => unknown;
}

/**
 * Starts a server with a certificate that the stack's CA signed (`/tls`: `tls.key`, `tls.crt`, `ca.crt`) and waits until
 * it listens.
 *
 * @returns what removes it
 */
export async function startBeside(stack: Throwaway, server: Server): Promise<() => void> {
  const naming = new Naming(stack.name);
  const name = naming.of(server.name);
  const tls = `${name}-tls`;
  const owner = `${server.uid}:${server.uid}`;
  const remove = (): void => {
    docker("rm", "--force", "--volumes", name);
    docker("volume", "rm", "--force", tls);
  };
  docker("volume", "create", tls);
  docker(
    ...["run", "--rm", "--volume", `${naming.of("ca")}:/ca`, "--volume", `${tls}:/tls/${server.name}`],
    ...[imageOf(stack, "certificates"), "unused", lastingUntil(new Date())],
    `${server.name}:${server.uid}:${server.host}`,
  );
  try {
    docker(
      ...["run", "--detach", "--name", name, "--user", owner, "--volume", `${tls}:/tls:ro`],
      ...server.options,
      server.image,
      ...server.command,
    );
    await untilServing(name, () => server.probe(name));
  } catch (error) {
    remove();
    throw error;
  }
  return remove;
}

/** Builds an image of tests from its folder; gives its tag. */
export function buildImage(name: string, folder: string): string {
  const image = `sso-test/${name}`;
  docker("build", "--quiet", "--tag", image, path.join(folder, name));
  return image;
}

/** Image of one of the stack's services. */
export function imageOf(stack: Throwaway, service: string): string {
  const [image] = docker("images", "--quiet", new Naming(stack.name).image(service)).split("\n");
  if (image === undefined || image === "") throw new Error(`the stack has no image of ${service}`);
  return image;
}
