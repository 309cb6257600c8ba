/**
 * `with-tunnel.ts CLI [ARGS]`: runs the Pulumi CLI with the administration ports of its stack within reach. Called by
 * `bootstrap/pulumi`.
 */
import { execFileSync, spawn } from "node:child_process";
import * as fs from "node:fs";
import { constants } from "node:os";
import * as path from "node:path";
import { OperatorError } from "./fail.ts";
import { stackOf, workDirOf } from "./pulumi-arguments.ts";
import { remoteHostIn } from "./remote-host.ts";
import { CUT, GO_ON, openTunnel, type Tunnel } from "./tunnel.ts";

const [cli = "", ...args] = process.argv.slice(2);
try {
  const tunnel = await tunnelFor(args);
  const status = await runCli();
  const cut = tunnel?.cut();
  tunnel?.close();
  if (cut !== undefined && status !== 0) console.error(`error: ${CUT} (${cut}). ${GO_ON}`);
  process.exitCode = status;
} catch (error) {
  if (!(error instanceof OperatorError)) throw error;
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
}

/** Nothing where the CLI's own answer is wanted: a stack on this machine, one of another project, or help. */
async function tunnelFor(words: readonly string[]): Promise<Tunnel | undefined> {
  if (words.includes("--help") || words.includes("-h")) return undefined;
  const workDir = fs.realpathSync(workDirOf(words));
  const stack = stackOf(words) ?? selectedStack(workDir);
  const project = projectAround(workDir);
  const host = stack === undefined || project === undefined ? undefined : remoteHostIn(project, stack);
  return host === undefined ? undefined : openTunnel(host);
}

/** The folder of the project that the CLI would take from this one. */
function projectAround(folder: string): string | undefined {
  if (fs.existsSync(path.join(folder, "Pulumi.yaml"))) return folder;
  const above = path.dirname(folder);
  return above === folder ? undefined : projectAround(above);
}

function selectedStack(cwd: string): string | undefined {
  try {
    const name = execFileSync(cli, ["stack", "--show-name", "--non-interactive"], {
      cwd,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    return name.trim();
  } catch {
    return undefined; // the CLI will say so itself
  }
}

function runCli(): Promise<number> {
  // A program that calls the CLI interrupts this process alone, a terminal both. It ends in good order on the first one.
  const isCalled = process.env.PULUMI_AUTOMATION_API === "true";
  process.on("SIGINT", () => isCalled && child.kill("SIGINT"));
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  const child = spawn(cli, args, { stdio: "inherit", detached: isCalled });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}
