/** Runs the parity program under the built-in plugins, in a folder of its own. */
import { execFile, execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { buildPlugins, type PluginName } from "../../plugins/build.ts";
import type { Properties } from "../../plugins/core/definition.ts";
import { relocated } from "./recordings.ts";

const root = resolve(import.meta.dirname, "../..");
const source = join(import.meta.dirname, "parity");

/** Far more than any output of the CLI here. */
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

/** A resource in an exported state; secrets hold their plain text. */
export interface ExportedResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly inputs?: Properties;
  readonly outputs?: Properties;
  readonly additionalSecretOutputs?: readonly string[];
}

/** A step of a preview. */
export interface ExportedStep {
  readonly op: string;
  readonly urn: string;
  readonly detailedDiff?: Readonly<
    Record<string, { readonly kind: string; readonly inputDiff: boolean }>
  > | null;
  readonly diffReasons?: readonly string[] | null;
  readonly replaceReasons?: readonly string[] | null;
}

/** One stack of the parity program. */
export class ParityStack {
  /** Where the program lies. */
  public readonly folder = mkdtempSync(join(tmpdir(), "parity-"));
  readonly #environment: NodeJS.ProcessEnv;
  readonly #packages: readonly PluginName[];

  /** Deploys the program's sections for `packages` only; the images are for the containers of servers. */
  public constructor(
    packages: readonly PluginName[],
    images: Readonly<Record<"postgres" | "keycloak", string>>,
  ) {
    this.#packages = packages;
    this.#environment = {
      ...process.env,
      PULUMI_HOME: join(root, ".tools", "parity-home"),
      PULUMI_BACKEND_URL: `file://${this.folder}`,
      PULUMI_CONFIG_PASSPHRASE: "parity",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      // A busy machine gets more time than the recording's 180 s for Keycloak's start and 5 s for each request.
      PARITY_KEYCLOAK_SEC: "500",
      KEYCLOAK_CLIENT_TIMEOUT: "120",
      PARITY_POSTGRES_IMAGE: images.postgres,
      PARITY_KEYCLOAK_IMAGE: images.keycloak,
    };
  }

  /** Builds the plugins, copies the program and makes its empty stack. */
  public async prepare(): Promise<void> {
    await buildPlugins(join(root, ".tools", "parity-home", "plugins"), process.execPath, [
      ...this.#packages,
      "nodejs",
    ]);
    for (const name of ["Pulumi.yaml", "hello"])
      cpSync(join(source, name), join(this.folder, name), { recursive: true });
    const program = relocated(readFileSync(join(source, "index.ts"), "utf8"));
    writeFileSync(join(this.folder, "index.ts"), sections(program, this.#packages));
    writeFileSync(join(this.folder, "package.json"), manifest(this.#packages));
    symlinkSync(join(root, "node_modules"), join(this.folder, "node_modules"));
    writeFileSync(join(this.folder, "Pulumi.parity.yaml"), "config: {}\n");
    await this.#pulumi(1, "stack", "init", "parity");
  }

  public async up(step: number): Promise<void> {
    await this.#pulumi(step, "up", "--yes", "--skip-preview");
  }

  public async refresh(step: number): Promise<void> {
    await this.#pulumi(step, "refresh", "--yes", "--skip-preview");
  }

  /** The steps of a preview that change something. */
  public async preview(step: number): Promise<ExportedStep[]> {
    const output = await this.#pulumi(step, "preview", "--json");
    const { steps = [] } = JSON.parse(output) as { readonly steps?: readonly ExportedStep[] };
    return steps.filter(
      ({ op }) => op === "create" || op === "update" || op === "replace" || op === "delete",
    );
  }

  public async export(): Promise<ExportedResource[]> {
    const output = await this.#pulumi(1, "stack", "export", "--show-secrets");
    const { deployment } = JSON.parse(output) as {
      readonly deployment: { readonly resources?: readonly ExportedResource[] };
    };
    return [...(deployment.resources ?? [])];
  }

  /** Destroys everything, whatever state it is in. */
  public async remove(): Promise<void> {
    try {
      await this.#pulumi(1, "destroy", "--yes", "--skip-preview");
    } finally {
      rmSync(this.folder, { recursive: true, force: true });
    }
  }

  async #pulumi(step: number, ...args: readonly string[]): Promise<string> {
    const options = {
      cwd: this.folder,
      env: { ...this.#environment, PARITY_STEP: String(step) },
      maxBuffer: MAX_OUTPUT_BYTES,
    };
    const words = ["--non-interactive", "--color", "never", ...args];
    try {
      const { stdout } = await promisify(execFile)("pulumi", words, options);
      return stdout;
    } catch (error) {
      const { stdout = "", stderr = "" } = error as { readonly stdout?: string; readonly stderr?: string };
      throw new Error(`pulumi ${args.join(" ")} failed:\n${stdout}${stderr}`, { cause: error });
    }
  }
}

/** The program's head and its parts for `packages`, each of which begins with a line like `// docker`. */
function sections(program: string, packages: readonly string[]): string {
  const parts = program.split(/^(?=\/\/ [a-z]+$)/m);
  return parts.filter((part, at) => at === 0 || packages.includes(/\w+/.exec(part)?.[0] ?? "")).join("");
}

function manifest(packages: readonly string[]): string {
  const dependencies = Object.fromEntries(packages.map((name) => [`@pulumi/${name}`, "*"]));
  return JSON.stringify({ type: "module", dependencies });
}

/** Builds a server image for tests and names it. */
export function buildTestImage(name: "postgres" | "keycloak"): string {
  const tag = `sso-test/${name}`;
  const context = join(import.meta.dirname, "images", name);
  execFileSync("docker", ["build", "--quiet", "--tag", tag, context], { stdio: "pipe" });
  return tag;
}
