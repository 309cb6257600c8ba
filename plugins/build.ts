/**
 * Builds the built-in plugins and the language host in the layout of Pulumi's plugin cache, so that a folder like
 * `~/.pulumi/plugins` can be the output folder.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, glob, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";

/** Folders of `plugins/` with a main.ts. */
const names = ["docker", "keycloak", "postgresql", "random", "nodejs"] as const;

export type PluginName = (typeof names)[number];

export interface BuiltPlugin {
  readonly kind: "resource" | "language";
  readonly name: PluginName;
  readonly version: string;
  /** The executable that Pulumi starts. */
  readonly executable: string;
  /** It stood already, made from the same sources. */
  readonly reused: boolean;
}

const root = resolve(import.meta.dirname, "..");

/** In a plugin's folder: the bundle, its compiled code, and the hash of what it was made from. */
const files = { bundle: "plugin.cjs", cache: "compiled", hash: ".hash" } as const;

/** How long a plugin may take to start when its code is compiled for the first time. */
const WARM_UP_MS = 30_000;

/**
 * Builds what is not built yet. `nodePath` is the Node that will run the plugins.
 *
 * @param only - the plugins wanted. @default all
 */
export async function buildPlugins(
  outDir: string,
  nodePath: string,
  only: readonly PluginName[] = names,
): Promise<BuiltPlugin[]> {
  await mkdir(outDir, { recursive: true });
  return Promise.all(only.map((name) => buildPlugin(resolve(outDir), nodePath, name)));
}

async function buildPlugin(outDir: string, nodePath: string, name: PluginName): Promise<BuiltPlugin> {
  const kind = name === "nodejs" ? "language" : "resource";
  const version = await versionOf(name);
  const folder = join(outDir, `${kind}-${name}-v${version}`);
  const file = `pulumi-${kind}-${name}`;
  const built: BuiltPlugin = { kind, name, version, executable: join(folder, file), reused: false };
  const hash = await hashSources(name, nodePath);
  const known = await readFile(join(folder, files.hash), "utf8").catch(() => undefined);
  if (known === hash && existsSync(built.executable)) return { ...built, reused: true };
  const draft = await mkdtemp(join(outDir, ".draft-"));
  try {
    await bundle(name, draft);
    await writeFile(join(draft, file), launcher(nodePath), { mode: 0o755 });
    await chmod(draft, 0o755);
    await rm(folder, { recursive: true, force: true });
    await rename(draft, folder);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  // Compiled code is found again by the path it was compiled at, so this comes after the move.
  await warmUp(built.executable);
  await writeFile(join(folder, files.hash), hash);
  return built;
}

async function versionOf(name: PluginName): Promise<string> {
  const path =
    name === "nodejs"
      ? join(root, "node_modules/@pulumi/pulumi/package.json")
      : join(root, "plugins", name, "schema.json");
  const { version } = JSON.parse(await readFile(path, "utf8")) as { readonly version: string };
  return version;
}

async function bundle(name: PluginName, outdir: string): Promise<void> {
  // Only a build needs esbuild; a second run of the bootstrap does not.
  const { build } = await import("esbuild");
  const source = (file: string): string => join(root, "plugins", name, file);
  await build({
    entryPoints: {
      plugin: source("main.ts"),
      ...(name === "nodejs" ? { preload: source("preload.ts") } : {}),
    },
    outdir,
    outExtension: { ".js": ".cjs" },
    bundle: true,
    platform: "node",
    target: "node22",
    format: "cjs",
    minify: true,
    // Optional native parts of ssh2 and pg: both work without.
    external: ["cpu-features", "*.node", "pg-native"],
    logLevel: "error",
  });
}

/** Runs the bundle with its compiled code beside it. */
function launcher(nodePath: string): string {
  return `#!/bin/sh
here=\${0%/*}
NODE_COMPILE_CACHE="$here/${files.cache}" exec ${quote(nodePath)} "$here/${files.bundle}" "$@"
`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Starts the plugin once and ends it, so that its compiled code is there from the first use on. */
async function warmUp(executable: string): Promise<void> {
  const child = spawn(executable, [], { stdio: ["ignore", "pipe", "pipe"], timeout: WARM_UP_MS });
  const said: Buffer[] = [];
  child.stderr.on("data", (part: Buffer) => said.push(part));
  const exited = once(child, "exit");
  const started = await Promise.race([once(child.stdout, "data").then(() => true), exited.then(() => false)]);
  child.kill("SIGTERM");
  await exited;
  if (!started)
    throw new Error(`${relative(root, executable)} does not start: ${Buffer.concat(said).toString().trim()}`);
}

/** Changes with anything the plugin is made from. */
async function hashSources(name: PluginName, nodePath: string): Promise<string> {
  const hash = createHash("sha256").update(nodePath);
  const patterns = [
    "plugins/build.ts",
    "plugins/core/**/*.ts",
    `plugins/${name}/**/*.{ts,json}`,
    "package-lock.json",
  ];
  const paths: string[] = [];
  for await (const path of glob(patterns, { cwd: root })) paths.push(path);
  for (const path of paths.sort()) hash.update(path).update(await readFile(join(root, path)));
  return hash.digest("hex");
}
