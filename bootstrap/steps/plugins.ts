import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../exec.ts";
import { BIN, PULUMI_HOME, short } from "../paths.ts";
import { fingerprint, pluginVersions, sdkVersion } from "../pins.ts";
import { Stamp } from "../stamp.ts";
import type { Found, Step, StepContext } from "../step.ts";
import { type Way, currentWay, keepWay } from "../way.ts";

const FOLDER = join(PULUMI_HOME, "plugins");
const stamp = new Stamp("plugins");

/** Resource plugins and language host, under the official names and versions either way. */
export const plugins: Step = {
  name: "pulumi plugins",
  needs: ["pulumi cli", "npm packages"],
  async check() {
    const way = await currentWay();
    if ((await stamp.read()) !== (await wanted(way))) return undefined;
    return executables(way).every((path) => existsSync(path)) ? describe(way) : undefined;
  },
  async install(context) {
    const way = await currentWay();
    const before = await stamp.read();
    await stamp.clear();
    // Two ways must never mix under one name.
    if (before?.startsWith(way) !== true) await rm(FOLDER, { recursive: true, force: true });
    await (way === "official" ? downloadOfficial : buildBuiltin)(context);
    await stamp.write(await wanted(way));
    await keepWay();
    return describe(way);
  },
};

/** The official CLI has the language host beside it. */
function executables(way: Way): string[] {
  const plugins = [...pluginVersions()].map(([name, version]) => executable("resource", name, version));
  return way === "official" ? plugins : [...plugins, executable("language", "nodejs", sdkVersion())];
}

function executable(kind: "resource" | "language", name: string, version: string): string {
  return join(FOLDER, `${kind}-${name}-v${version}`, `pulumi-${kind}-${name}`);
}

/** What the plugins are made of: their versions, and for the built-in ones their source. */
async function wanted(way: Way): Promise<string> {
  const versions = JSON.stringify([...pluginVersions()]);
  if (way === "official") return `${way} ${versions}`;
  return `${way} ${versions} ${await fingerprint("plugins/**/*.{ts,json}", "package-lock.json")}`;
}

function describe(way: Way): Found {
  const host = way === "builtin" ? [["language host nodejs", sdkVersion()]] : [];
  const versions = [...pluginVersions(), ...host];
  const version = versions.map((words) => words.join(" ")).join(", ");
  return { version, origin: `${way === "official" ? "official" : "built in"}, ${short(FOLDER)}` };
}

async function downloadOfficial({ report, signal }: StepContext): Promise<void> {
  report("fetching the official ones");
  const installed = [...pluginVersions()].map(([name, version]) =>
    run(join(BIN, "pulumi"), ["plugin", "install", "resource", name, version], {
      signal,
      env: { PULUMI_HOME },
    }),
  );
  await Promise.all(installed);
}

async function buildBuiltin({ report }: StepContext): Promise<void> {
  report("bundling the built-in ones");
  // Only now: what it imports comes with the npm packages.
  const { buildPlugins } = await import("../../plugins/build.ts");
  await buildPlugins(FOLDER, join(BIN, "node"));
}
