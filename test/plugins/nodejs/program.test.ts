import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { dependencies, requiredPlugins } from "../../../plugins/nodejs/packages.ts";
import { run, runnerArgs, type Program } from "../../../plugins/nodejs/program.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nodejs-host-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function write(path: string, content: unknown): void {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
}

function program(more: Partial<Program> = {}): Program {
  return {
    rootDirectory: folder,
    directory: folder,
    entryPoint: "index.js",
    args: [],
    options: { typescript: false, nodeArgs: [] },
    monitor: "127.0.0.1:1",
    engine: "127.0.0.1:2",
    project: "sso",
    stack: "dev",
    organization: "",
    parallel: 4,
    dryRun: false,
    config: { "sso:domain": "id.example.test" },
    secretKeys: ["sso:password"],
    ...more,
  };
}

/** Puts `source` in the place of Pulumi's runner. */
function writeRunner(source: string): void {
  write("node_modules/@pulumi/pulumi/package.json", { name: "@pulumi/pulumi", version: "1.0.0" });
  write("node_modules/@pulumi/pulumi/cmd/run/index.js", source);
}

describe("packages", () => {
  beforeEach(() => {
    write("package.json", {
      dependencies: { "@pulumi/docker": "1", "@pulumi/pulumi": "3", "@acme/vault": "1" },
      devDependencies: { jest: "30" },
    });
    write("node_modules/@pulumi/docker/package.json", {
      name: "@pulumi/docker",
      version: "5.2.0",
      pulumi: { resource: true, name: "docker", version: "5.2.0" },
    });
    write("node_modules/@pulumi/pulumi/package.json", { name: "@pulumi/pulumi", version: "3.270.0" });
    write("node_modules/@acme/vault/package.json", {
      name: "@acme/vault",
      version: "1.0.0",
      pulumi: { resource: true, name: "vault", server: "https://plugins.example.test" },
    });
    write("node_modules/.package-lock.json", {
      packages: {
        "node_modules/jest": { version: "30.0.0" },
        "node_modules/jest/node_modules/@types/x": { version: "1.0.0" },
      },
    });
  });

  test("name the plugins they speak to", async () => {
    expect(await requiredPlugins(folder)).toEqual([
      { name: "vault", version: "1.0.0", server: "https://plugins.example.test" },
      { name: "docker", version: "5.2.0" },
    ]);
  });

  test("are looked for from a folder below too", async () => {
    write("programs/one/index.ts", "");
    expect(await requiredPlugins(join(folder, "programs/one"))).toHaveLength(2);
  });

  test("are told with their versions, direct ones or all", async () => {
    expect(await dependencies(folder, false)).toContainEqual({ name: "@pulumi/pulumi", version: "3.270.0" });
    expect(await dependencies(folder, true)).toEqual([
      { name: "jest", version: "30.0.0" },
      { name: "@types/x", version: "1.0.0" },
    ]);
  });
});

describe("a program", () => {
  test("is told of its deployment by the runner's flags", () => {
    expect(runnerArgs(program({ dryRun: true, args: ["--loud"] }))).toEqual([
      ...["--monitor", "127.0.0.1:1", "--engine", "127.0.0.1:2", "--project", "sso"],
      ...["--root-directory", folder, "--stack", "dev", "--pwd", folder, "--parallel", "4"],
      ...["--dry-run", "index.js", "--loud"],
    ]);
  });

  test("gets its configuration in the environment", async () => {
    writeRunner(`
      const { PULUMI_CONFIG, PULUMI_CONFIG_SECRET_KEYS, PULUMI_NODEJS_TYPESCRIPT } = process.env;
      const right =
        JSON.parse(PULUMI_CONFIG)["sso:domain"] === "id.example.test" &&
        JSON.parse(PULUMI_CONFIG_SECRET_KEYS)[0] === "sso:password" &&
        PULUMI_NODEJS_TYPESCRIPT === "false";
      process.exit(right ? 0 : 1);
    `);
    expect(await run(program(), new AbortController().signal)).toEqual({ kind: "done" });
  });

  test.each<[string, string, Awaited<ReturnType<typeof run>>]>([
    ["that has told what went wrong", "process.exit(32)", { kind: "reported" }],
    ["that fails", "process.exit(3)", { kind: "failed", message: "the program exited with code 3" }],
    [
      "that is killed",
      'process.kill(process.pid, "SIGKILL")',
      { kind: "failed", message: "the program was ended by SIGKILL" },
    ],
  ])("%s is told apart", async (_name, source, outcome) => {
    writeRunner(source);
    expect(await run(program(), new AbortController().signal)).toEqual(outcome);
  });

  test("ends when the operator cancels", async () => {
    writeRunner("setInterval(() => {}, 1000);");
    const stop = new AbortController();
    const running = run(program(), stop.signal);
    stop.abort();
    expect(await running).toEqual({ kind: "reported" });
  });

  test("without the SDK is told what to do", async () => {
    expect(await run(program(), new AbortController().signal)).toEqual({
      kind: "failed",
      message: `@pulumi/pulumi is not installed in ${folder}; run npm ci there`,
    });
  });
});
