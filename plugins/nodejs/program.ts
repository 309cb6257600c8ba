/** Runs a program under Pulumi's own runner, `@pulumi/pulumi/cmd/run`. */
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { DEBUG_VARIABLE, isDebugShown } from "./debug.ts";

/** The runner has told the user what went wrong. */
const ALREADY_REPORTED = 32;

/** A program and what it is told of the deployment. */
export interface Program {
  readonly rootDirectory: string;
  readonly directory: string;
  /** Relative to `directory`; `.` leaves it to package.json. */
  readonly entryPoint: string;
  readonly args: readonly string[];
  /** Runtime options of Pulumi.yaml. */
  readonly options: { readonly typescript: boolean; readonly nodeArgs: readonly string[] };
  readonly monitor: string;
  readonly engine: string;
  readonly project: string;
  readonly stack: string;
  readonly organization: string;
  readonly parallel: number;
  readonly dryRun: boolean;
  readonly config: Readonly<Record<string, string>>;
  readonly secretKeys: readonly string[];
}

export type Outcome =
  | { readonly kind: "done" }
  | { readonly kind: "reported" }
  | { readonly kind: "failed"; readonly message: string };

/** Runs it to its end; `signal` ends it early. */
export async function run(program: Program, signal: AbortSignal): Promise<Outcome> {
  const runner = findRunner(program.directory);
  if (runner === undefined) {
    const message = `@pulumi/pulumi is not installed in ${program.directory}; run npm ci there`;
    return { kind: "failed", message };
  }
  // NODE_COMPILE_CACHE comes from this host's own launcher, so the program's code is compiled only once too.
  const child = spawn(process.execPath, [...program.options.nodeArgs, runner, ...runnerArgs(program)], {
    cwd: program.directory,
    env: { ...process.env, ...environment(program) },
    stdio: ["ignore", "inherit", "inherit"],
    signal,
  });
  return new Promise((resolve) => {
    child.once("error", (error) => {
      if (signal.aborted) resolve({ kind: "reported" });
      else resolve({ kind: "failed", message: `the program could not be run: ${error.message}` });
    });
    child.once("exit", (code, killedBy) => {
      resolve(outcome(code, killedBy));
    });
  });
}

function outcome(code: number | null, killedBy: NodeJS.Signals | null): Outcome {
  if (code === 0) return { kind: "done" };
  if (code === ALREADY_REPORTED) return { kind: "reported" };
  const how = code === null ? `was ended by ${String(killedBy)}` : `exited with code ${String(code)}`;
  return { kind: "failed", message: `the program ${how}` };
}

function findRunner(directory: string): string | undefined {
  try {
    return createRequire(join(directory, "program.js")).resolve("@pulumi/pulumi/cmd/run");
  } catch {
    return undefined;
  }
}

/** The arguments that the runner documents. */
export function runnerArgs(program: Program): string[] {
  const flags: readonly [string, string][] = [
    ["monitor", program.monitor],
    ["engine", program.engine],
    ["organization", program.organization],
    ["project", program.project],
    ["root-directory", program.rootDirectory],
    ["stack", program.stack],
    ["pwd", program.directory],
    ["parallel", String(program.parallel)],
  ];
  const given = flags.filter(([, value]) => value !== "").flatMap(([flag, value]) => [`--${flag}`, value]);
  return [...given, ...(program.dryRun ? ["--dry-run"] : []), program.entryPoint, ...program.args];
}

function environment(program: Program): Record<string, string> {
  return {
    PULUMI_CONFIG: JSON.stringify(program.config),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(program.secretKeys),
    PULUMI_NODEJS_TYPESCRIPT: String(program.options.typescript),
    [DEBUG_VARIABLE]: String(isDebugShown()),
  };
}
