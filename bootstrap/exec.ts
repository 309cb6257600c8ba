import { spawn } from "node:child_process";
import { appendFileSync, mkdirSync, rmSync, statSync } from "node:fs";
import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { LOGS, short } from "./paths.ts";

const LOG = join(LOGS, "bootstrap.log");

/** Room for what the last hundred runs or so said. */
const MAX_LOG_BYTES = 1024 ** 2;

/** Has a log that has grown large begin anew. */
export function renewLog(file = LOG): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > MAX_LOG_BYTES) rmSync(file, { force: true });
}

export interface RunOptions {
  readonly cwd?: string;
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Called with each line of both outputs as it comes. */
  readonly onLine?: (line: string) => void;
  /** Milliseconds the whole command may take. @default no limit */
  readonly timeoutMs?: number;
  /** Milliseconds until the first line of output must be there; for commands that hang when nobody answers. */
  readonly firstLineMs?: number;
}

/** A command that failed; the message names it, the line that says most and the log with the rest. */
export class CommandError extends Error {}

/** Runs a command and gives its trimmed standard output. Both outputs are kept in `.tools/logs/bootstrap.log`. Once aborted, none begins. */
export async function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  options.signal?.throwIfAborted();
  const title = [command, ...args].join(" ");
  mkdirSync(LOGS, { recursive: true });
  appendFileSync(LOG, `$ ${title}\n`);
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exited = new Promise<number | string>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      resolve(code ?? signal ?? "unknown");
    });
  });

  const stop = (): void => {
    child.kill();
  };
  const deadline = options.timeoutMs === undefined ? undefined : setTimeout(stop, options.timeoutMs);
  const firstLine = options.firstLineMs === undefined ? undefined : setTimeout(stop, options.firstLineMs);
  options.signal?.addEventListener("abort", stop);

  const output: string[] = [];
  const lines: string[] = [];
  const take = (line: string): void => {
    clearTimeout(firstLine);
    appendFileSync(LOG, `${line}\n`);
    lines.push(line);
    options.onLine?.(line);
  };
  createInterface({ input: child.stdout }).on("line", (line) => {
    output.push(line);
    take(line);
  });
  createInterface({ input: child.stderr }).on("line", take);

  try {
    const code = await exited;
    if (code !== 0)
      throw new CommandError(`${title}: ${telling(lines)} (exit ${code}; all of it in ${short(LOG)})`);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(`${command} cannot be run: ${(error as Error).message}`, { cause: error });
  } finally {
    clearTimeout(deadline);
    clearTimeout(firstLine);
    options.signal?.removeEventListener("abort", stop);
  }
  return output.join("\n").trim();
}

/** The first line that speaks of an error in a sentence (clients print codes before and usage after it), or the last. */
export function telling(lines: readonly string[]): string {
  const told = lines.map((line) => line.trim()).filter((line) => line !== "");
  const fault = told.find(
    (line) => /\b(error|fatal|failed|cannot|unable)\b|^E:/i.test(line) && line.split(" ").length > 4,
  );
  return fault ?? told.at(-1) ?? "no output";
}

/** Full path of a command on the PATH. */
export async function which(command: string): Promise<string | undefined> {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    const path = join(folder, command);
    if (await isExecutable(path)) return path;
  }
  return undefined;
}

export async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
