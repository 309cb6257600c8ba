/** Runs a Pulumi plugin that is a folder with a program: here, a policy pack. */
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";

/** A policy pack and what the engine tells it. */
export interface PolicyPack {
  /** Folder with PulumiPolicy.yaml. */
  readonly directory: string;
  /** Where it runs: the program's own folder. */
  readonly workingDirectory: string;
  /** The engine's address first. */
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** @default none */
  readonly nodeArgs?: readonly string[];
}

/**
 * Runs it to its end and gives its exit code; `signal` ends it early. The pack is started as it is, without Pulumi's
 * runner for packs, which would load a TypeScript compiler for what Node runs by itself.
 */
export async function runPolicyPack(
  pack: PolicyPack,
  signal: AbortSignal,
  output: (stream: "stdout" | "stderr", part: Buffer) => void,
): Promise<number> {
  const child = spawn(process.execPath, [...(pack.nodeArgs ?? []), entryOf(pack.directory), ...pack.args], {
    cwd: pack.workingDirectory,
    env: { ...pack.environment },
    stdio: ["ignore", "pipe", "pipe"],
    signal,
  });
  child.stdout.on("data", (part: Buffer) => {
    output("stdout", part);
  });
  child.stderr.on("data", (part: Buffer) => {
    output("stderr", part);
  });
  return new Promise((resolve, reject) => {
    child.once("error", (error) => {
      if (signal.aborted) resolve(0);
      else reject(new Error(`the policy pack in ${pack.directory} could not be run: ${error.message}`));
    });
    child.once("close", (code) => {
      resolve(code ?? 1);
    });
  });
}

/** The file that the pack's package.json names as `main`, or its index.js. */
function entryOf(directory: string): string {
  try {
    return createRequire(join(directory, "pack.js")).resolve(directory);
  } catch {
    throw new Error(`no policy pack in ${directory}: package.json must name its program as "main"`);
  }
}
