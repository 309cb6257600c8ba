/** What a program depends on, as its node_modules say. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** A Pulumi plugin that an npm package speaks to. */
export interface RequiredPlugin {
  readonly name: string;
  readonly version: string;
  /** Where the plugin is downloaded from, if not from the usual place. */
  readonly server?: string;
}

export interface Dependency {
  readonly name: string;
  readonly version: string;
}

interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly pulumi?: {
    readonly resource?: boolean;
    readonly name?: string;
    readonly version?: string;
    readonly server?: string;
  };
}

/** The plugins that the direct dependencies of the program in `directory` name in their `pulumi` section. */
export async function requiredPlugins(directory: string): Promise<RequiredPlugin[]> {
  const manifests = await directManifests(directory);
  return manifests.flatMap(({ name, version, pulumi }): RequiredPlugin[] => {
    if (pulumi?.resource !== true) return [];
    return [
      {
        name: pulumi.name ?? (name ?? "").replace(/^@pulumi\//, ""),
        version: pulumi.version ?? version ?? "",
        ...(pulumi.server === undefined ? {} : { server: pulumi.server }),
      },
    ];
  });
}

/** The packages of the program in `directory`: direct ones, or all that are installed. */
export async function dependencies(directory: string, transitive: boolean): Promise<Dependency[]> {
  if (transitive) return installed(directory);
  const manifests = await directManifests(directory);
  return manifests.map(({ name = "", version = "" }) => ({ name, version }));
}

async function installed(directory: string): Promise<Dependency[]> {
  const path = searchUp(directory, "node_modules/.package-lock.json");
  if (path === undefined) return [];
  const { packages = {} } = (await readJson(path)) as {
    readonly packages?: Readonly<Record<string, Manifest>>;
  };
  const prefix = "node_modules/";
  return Object.entries(packages).map(([at, { version = "" }]) => ({
    name: at.slice(at.lastIndexOf(prefix) + prefix.length),
    version,
  }));
}

async function directManifests(directory: string): Promise<Manifest[]> {
  const path = searchUp(directory, "package.json");
  if (path === undefined) return [];
  const own = (await readJson(path)) as Manifest;
  const names = Object.keys({ ...own.dependencies, ...own.devDependencies }).sort();
  const manifests = await Promise.all(
    names.map(async (name) => {
      const found = searchUp(dirname(path), join("node_modules", name, "package.json"));
      return found === undefined ? [] : [(await readJson(found)) as Manifest];
    }),
  );
  return manifests.flat();
}

async function readJson(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, "utf8"));
}

/** `path` in `directory` or the nearest folder above it that has it. */
function searchUp(directory: string, path: string): string | undefined {
  for (let at = directory; ; at = dirname(at)) {
    const candidate = join(at, path);
    if (existsSync(candidate)) return candidate;
    if (at === dirname(at)) return undefined;
  }
}
