import { spawnSync } from "node:child_process";
import * as path from "node:path";
import { docker } from "./containers.ts";
import type { Throwaway } from "./throwaway.ts";

/** How a command in the tools' container ended. */
export interface Said {
  readonly status: number;
  readonly out: string;
}

/** A container with tools of others, on the host's network. */
export interface Tools {
  readonly run: (words: readonly string[], input?: string) => Said;
  readonly remove: () => void;
}

/**
 * Starts the tools of a folder of `images`.
 *
 * @param purpose what they are for; part of the container's name
 */
export function startTools({ name }: Throwaway, folder: "dns" | "tls", purpose: string): Tools {
  const image = `sso-test/${folder}`;
  const container = `sso-${name}-${folder}-tools-${purpose}`;
  docker("build", "--quiet", "--tag", image, path.join(import.meta.dirname, "images", folder));
  docker("run", "--detach", "--init", "--network", "host", "--name", container, image);
  return {
    run: (words, input = "") => {
      const { status, stdout, stderr } = spawnSync("docker", ["exec", "--interactive", container, ...words], {
        input,
        encoding: "utf8",
      });
      return { status: status ?? -1, out: `${stdout}${stderr}` };
    },
    remove: () => void docker("rm", "--force", "--volumes", container),
  };
}
