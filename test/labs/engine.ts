/** What labs do with Docker: a few services of the stack among stand-ins, without the stack. */
import { execFile, execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";
import { docker, untilServing } from "../stack/containers.ts";

const execFileAsync = promisify(execFile);

/** Runs a command in a container with this standard input. */
export function exec(container: string, command: readonly string[], input = ""): string {
  return execFileSync("docker", ["exec", "-i", container, ...command], {
    input,
    encoding: "utf8",
    stdio: ["pipe", "pipe", "pipe"],
    maxBuffer: 64 * 1024 ** 2,
  });
}

/** A command that runs in a container beside the test. */
export interface Beside {
  /** Ends its standard input; gives what it has printed, once it has ended well. */
  readonly end: () => Promise<string>;
}

/** Starts a command in a container with this on its standard input, which stays open. */
export function execBeside(container: string, command: readonly string[], input: string): Beside {
  const running = execFileAsync("docker", ["exec", "-i", container, ...command], {
    maxBuffer: 64 * 1024 ** 2,
  });
  running.catch(() => undefined); // whoever ends it hears of its error
  running.child.stdin?.write(input);
  return {
    end: async () => {
      running.child.stdin?.end();
      return (await running).stdout;
    },
  };
}

/** Fills a volume with files that only `uid` may read. */
export function fillVolume(
  volume: string,
  image: string,
  uid: number,
  files: Readonly<Record<string, string>>,
): void {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "sso-relay-"));
  try {
    for (const [name, content] of Object.entries(files)) {
      fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      fs.writeFileSync(path.join(folder, name), content);
    }
    const archive = execFileSync("tar", ["--create", "--directory", folder, "."]);
    const script = `tar --extract --directory /files && chown -R ${uid}:${uid} /files && chmod -R u=rX,go= /files`;
    execFileSync(
      "docker",
      [
        ...["run", "--rm", "-i", "--user", "0:0", "--volume", `${volume}:/files`],
        ...["--entrypoint", "sh", image, "-ec", script],
      ],
      { input: archive },
    );
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

/** Waits until the command succeeds in the container. */
export async function ready(container: string, command: readonly string[]): Promise<void> {
  await untilServing(container, () => docker("exec", container, ...command));
}

/** Removes all containers, volumes and networks whose names begin with `prefix`. */
export function removeAll(prefix: string): void {
  const kinds = [
    { list: ["ps", "--all", "--format", "{{.Names}}"], remove: ["rm", "--force", "--volumes"] },
    { list: ["volume", "ls", "--format", "{{.Name}}"], remove: ["volume", "rm"] },
    { list: ["network", "ls", "--format", "{{.Name}}"], remove: ["network", "rm"] },
  ];
  for (const { list, remove } of kinds) {
    const names = docker(...list, "--filter", `name=^${prefix}-`)
      .split("\n")
      .filter((name) => name !== "");
    if (names.length > 0) docker(...remove, ...names);
  }
}
