import { run, which } from "./exec.ts";

// The lists are fetched once a run, and dpkg's lock allows one installation at a time.
let queue: Promise<unknown> = Promise.resolve();
let update: Promise<string | undefined> | undefined;

/**
 * Installs Debian packages, one call after the other. An abort keeps it from starting, but never stops it half-way: dpkg
 * would have to be put right by hand.
 *
 * @throws {Error} with the command to run, where that is not possible
 */
export async function aptInstall(packages: readonly string[], signal: AbortSignal): Promise<void> {
  const remedy = `apt-get install ${packages.join(" ")}`;
  if ((await which("apt-get")) === undefined) {
    throw new Error(
      `${packages.join(", ")} not found and this is no Debian; install it with this system's package manager`,
    );
  }
  if (process.getuid?.() !== 0) throw new Error(`${packages.join(", ")} not found; run: sudo ${remedy}`);
  const turn = queue.then(() => install(packages, signal));
  queue = turn.catch(() => undefined); // the caller hears of it; the next in the queue gets its turn
  return turn;
}

async function install(packages: readonly string[], signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const settings = { env: { DEBIAN_FRONTEND: "noninteractive" } };
  // A source that cannot be reached need not be the one that has our packages: its error counts only if they fail.
  const fault = await (update ??= run("apt-get", ["update"], settings).then(
    () => undefined,
    (error: unknown) => (error as Error).message,
  ));
  try {
    await run("apt-get", ["install", "-y", "-o", "DPkg::Lock::Timeout=300", ...packages], settings);
  } catch (error) {
    throw fault === undefined
      ? error
      : new Error(`${(error as Error).message}; before that ${fault}`, { cause: error });
  }
}

/** Version of an installed Debian package, `undefined` where it is not installed. */
export async function packageVersion(name: string): Promise<string | undefined> {
  if ((await which("dpkg-query")) === undefined) return undefined;
  const status = await run("dpkg-query", ["-W", "-f", "${db:Status-Abbrev}${Version}", name]).catch(() => "");
  return status.startsWith("ii") ? status.slice("ii ".length).trim() : undefined;
}
