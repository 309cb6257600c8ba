import { spawn } from "node:child_process";
import { existsSync, mkdirSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { aptInstall } from "../apt.ts";
import { ENGINE, engineVersion } from "../docker.ts";
import { run, which } from "../exec.ts";
import { LOGS, short } from "../paths.ts";
import type { Found, Step, StepContext } from "../step.ts";

const LOG = join(LOGS, "dockerd.log");
const START_TIMEOUT_SEC = 60;

/** A Docker engine that answers. Only on Debian, as root, and where none was named is one installed and started. */
export const engine: Step = {
  name: "docker engine",
  needs: [],
  check: find,
  async install(context) {
    const hasClient = (await which("docker")) !== undefined;
    if (process.env.DOCKER_HOST !== undefined) {
      throw new Error(
        hasClient
          ? `no Docker engine answers at DOCKER_HOST=${ENGINE}; start it, or unset DOCKER_HOST to use this machine's`
          : `docker not found, with which to ask the engine at DOCKER_HOST=${ENGINE}; run: sudo apt-get install docker.io`,
      );
    }
    const isInstalled = hasClient && (await which("dockerd")) !== undefined;
    if (!isInstalled) {
      context.report("installing docker.io");
      await aptInstall(["docker.io", "iptables"], context.signal);
    }
    return (await find()) ?? (await start(context));
  },
};

async function find(): Promise<Found | undefined> {
  const version = await engineVersion();
  return version === undefined ? undefined : { version, origin: ENGINE };
}

async function start({ report, signal }: StepContext): Promise<Found> {
  if (process.getuid?.() !== 0) {
    throw new Error(
      `no Docker engine answers at ${ENGINE}; run: sudo systemctl start docker, and be in the group docker`,
    );
  }
  const isSystemd = existsSync("/run/systemd/system");
  report(isSystemd ? "starting it with systemd" : `starting dockerd, log in ${short(LOG)}`);
  const hasExited = isSystemd ? await startUnit(signal) : startDaemon(await ipv6Options(signal));
  for (const end = Date.now() + START_TIMEOUT_SEC * 1000; Date.now() < end && !hasExited();) {
    const found = await find();
    if (found !== undefined) return found;
    await sleep(500, undefined, { signal });
  }
  throw new Error(
    `the Docker engine does not start: ${isSystemd ? "see journalctl -u docker" : await lastFault()}`,
  );
}

async function startUnit(signal: AbortSignal): Promise<() => boolean> {
  await run("systemctl", ["start", "docker"], { signal });
  return () => false;
}

/** Has the engine pass IPv6 connections on with the clients' own addresses, where this machine's kernel can. */
async function ipv6Options(signal: AbortSignal): Promise<string[]> {
  const canFilter = await run("ip6tables", ["--list", "--numeric"], { signal }).then(
    () => true,
    () => false,
  );
  return canFilter ? ["--experimental", "--ip6tables"] : []; // what Debian 12's engine has it behind
}

/** Starts dockerd in a session of its own, so that it outlives this run. */
function startDaemon(options: readonly string[]): () => boolean {
  mkdirSync(LOGS, { recursive: true });
  const log = openSync(LOG, "w");
  const daemon = spawn("dockerd", options, { detached: true, stdio: ["ignore", log, log] });
  daemon.unref();
  let hasExited = false;
  daemon.once("error", () => (hasExited = true)).once("exit", () => (hasExited = true));
  return () => hasExited;
}

async function lastFault(): Promise<string> {
  const lines = (await readFile(LOG, "utf8")).trimEnd().split("\n");
  return `${lines.at(-1)} (all of it in ${short(LOG)})`;
}
