import { mkdir, realpath, rename, rm, symlink } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { digestOf, download, downloadText, verifySha256 } from "../download.ts";
import { isExecutable, run, which } from "../exec.ts";
import { BIN, CACHE, ROOT, TOOLS, short } from "../paths.ts";
import { CLI_PACKAGE, cliVersion } from "../pins.ts";
import type { Found, Step, StepContext } from "../step.ts";
import { DOWNLOADS, type Way, checksumsUrl, currentWay } from "../way.ts";

const LINK = join(BIN, "pulumi-cli");

/** Where programs keep a person's settings (XDG Base Directory Specification). */
const CONFIG = process.env.XDG_CONFIG_HOME ?? join(homedir(), ".config");

/** What `pulumi` on the PATH is: the CLI, within reach of hosts that are reached by ssh. */
const COMMAND = join(BIN, "pulumi");
const WRAPPER = join(ROOT, "bootstrap/pulumi");

function cliFolder(way: Way): string {
  return join(TOOLS, "cli", `${way}-${cliVersion()}`);
}

/** The Pulumi CLI: the official release with its language hosts, or built from its Go module. */
export const cli: Step = {
  name: "pulumi cli",
  needs: [],
  async check() {
    const way = await currentWay();
    const executable = join(cliFolder(way), "pulumi");
    if (!(await isExecutable(executable)) || !(await isExecutable(LINK)) || !(await isExecutable(COMMAND)))
      return undefined;
    const isLinked = (await realpath(LINK)) === executable && (await realpath(COMMAND)) === WRAPPER;
    return isLinked ? describe(way) : undefined;
  },
  async install(context) {
    const way = await currentWay();
    const folder = cliFolder(way);
    if (!(await isExecutable(join(folder, "pulumi")))) {
      const unfinished = `${folder}.unfinished`;
      await rm(unfinished, { recursive: true, force: true });
      await mkdir(unfinished, { recursive: true });
      await (way === "official" ? downloadCli : buildCli)(unfinished, context);
      await rename(unfinished, folder);
    }
    await mkdir(BIN, { recursive: true });
    await link(join(folder, "pulumi"), LINK);
    await link(WRAPPER, COMMAND);
    return describe(way);
  },
};

async function link(target: string, path: string): Promise<void> {
  await rm(path, { force: true });
  await symlink(target, path);
}

function describe(way: Way): Found {
  const origin = way === "official" ? "official release" : "built from its Go module";
  return { version: cliVersion(), origin: `${origin}, ${short(cliFolder(way))}` };
}

async function downloadCli(folder: string, { signal, report }: StepContext): Promise<void> {
  const archive = `pulumi-v${cliVersion()}-linux-${process.arch}.tar.gz`;
  const path = join(folder, archive);
  report(`fetching ${archive}`);
  const digest = digestOf(archive, await downloadText(checksumsUrl(), signal));
  await download(`${DOWNLOADS}/${archive}`, path, signal);
  await verifySha256(path, digest);
  await run("tar", ["-xzf", path, "--strip-components=1", "-C", folder], { signal });
  await rm(path);
}

async function buildCli(folder: string, { signal, report }: StepContext): Promise<void> {
  if ((await which("go")) === undefined) {
    throw new Error("go not found; install Go 1.25 or later, because Pulumi's download site does not answer");
  }
  report("building it with go, which takes 3 to 8 minutes");
  const caches = join(CACHE, "go");
  const version = `github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${cliVersion()}`;
  let compiled = 0;
  await run(
    "go",
    ["build", "-v", "-mod=readonly", "-modcacherw", "-buildvcs=false", "-trimpath"].concat([
      "-ldflags",
      `-s -w -X ${version}`,
      "-o",
      join(folder, "pulumi"),
      CLI_PACKAGE,
    ]),
    {
      cwd: join(ROOT, "tools"),
      signal,
      // Nothing outside the clone, unless this machine has its caches somewhere by its own choice.
      env: {
        GOMODCACHE: process.env.GOMODCACHE ?? join(caches, "modules"),
        GOCACHE: process.env.GOCACHE ?? join(caches, "build"),
        CGO_ENABLED: "0", // needs no C compiler, and the executable no libraries
        // Go counts its own use there; this machine's settings of Go stay where they are.
        XDG_CONFIG_HOME: join(caches, "config"),
        GOENV: process.env.GOENV ?? join(CONFIG, "go/env"),
      },
      onLine: (line) => {
        if (line.startsWith("go: downloading")) return;
        compiled++;
        if (compiled % 200 === 0) report(`${compiled} of about 1600 packages compiled`);
      },
    },
  );
  await rm(caches, { recursive: true, force: true }); // 4 GB that only another build would use
}
