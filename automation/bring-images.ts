import { spawn } from "node:child_process";
import { pipeline } from "node:stream/promises";
import { ENGINE } from "../bootstrap/docker.ts";
import { BASE_IMAGE, KEYCLOAK } from "../bootstrap/pins.ts";
import { engineAt } from "./engine.ts";
import { OperatorError } from "./fail.ts";
import { remoteHostOf } from "./remote-host.ts";
import { dockerEnvironment } from "./ssh.ts";

/** What Dockerfiles build on, and bootstrap brings to this machine's engine only. */
export const FOUNDATIONS: readonly string[] = [BASE_IMAGE.tag, KEYCLOAK.tag];

/**
 * Brings what images are built on to the engine of a stack's host, where that is another machine and lacks it.
 *
 * @param say is told what is copied
 * @throws {OperatorError} when an engine cannot be asked or refuses
 */
export async function bringFoundations(stackName: string, say: (line: string) => void): Promise<void> {
  const host = remoteHostOf(stackName);
  if (host === undefined) return;
  const missing = await missingImages(host.docker);
  if (missing.length > 0) say(`copying ${missing.join(", ")} to ${host.docker} …`);
  await bringImages(host.docker, missing);
}

/**
 * Which of the foundations the engine of a host lacks.
 *
 * @throws {OperatorError} when it cannot be asked
 */
export async function missingImages(docker: string): Promise<string[]> {
  const there = (await engineAt(docker).docker("images", "--format", "{{.Repository}}:{{.Tag}}")).split("\n");
  return FOUNDATIONS.filter((image) => !there.includes(image));
}

/**
 * Copies images from this machine's engine to that of a host.
 *
 * @throws {OperatorError} with the engine's words when one of the two refuses
 */
export async function bringImages(docker: string, images: readonly string[]): Promise<void> {
  if (images.length === 0) return;
  const save = spawn("docker", ["--host", ENGINE, "save", ...images], { stdio: ["ignore", "pipe", "pipe"] });
  const load = spawn("docker", ["--host", docker, "load"], {
    stdio: ["pipe", "ignore", "pipe"],
    env: dockerEnvironment(),
  });
  const ended = Promise.all([ending(save), ending(load)]);
  // Whoever ends early says why; that the other then breaks off says nothing.
  await pipeline(save.stdout, load.stdin).catch(() => undefined);
  const [saved, loaded] = await ended;
  const fault = loaded ?? saved;
  if (fault?.includes("no space left on device") === true)
    throw new OperatorError(`the disk of ${docker} is full: free some, and run this again`);
  if (fault !== undefined)
    throw new OperatorError(`cannot copy ${images.join(", ")} to the engine at ${docker}: ${fault}`);
}

/** What a process said, if it failed. */
async function ending(child: ReturnType<typeof spawn>): Promise<string | undefined> {
  let complaint = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (complaint += text));
  return new Promise((resolve) => {
    child.once("error", (error) => {
      resolve(error.message);
    });
    child.once("close", (code) => {
      resolve(code === 0 ? undefined : complaint.trim() || `it ended with code ${code ?? -1}`);
    });
  });
}
