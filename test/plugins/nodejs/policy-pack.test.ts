import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import * as automation from "@pulumi/pulumi/automation/index.js";
import * as random from "@pulumi/random";
import { type PolicyPack, runPolicyPack } from "../../../plugins/nodejs/policy-pack.ts";

const PACK = resolve(import.meta.dirname, "../../../policy");

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "policy-pack-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe("the language host", () => {
  const pack = (more: Partial<PolicyPack> = {}): PolicyPack => ({
    directory: folder,
    workingDirectory: tmpdir(),
    args: ["127.0.0.1:1"],
    environment: { GREETING: "hello" },
    ...more,
  });

  function write(source: string): void {
    writeFileSync(join(folder, "package.json"), JSON.stringify({ main: "main.cjs" }));
    writeFileSync(join(folder, "main.cjs"), source);
  }

  test("runs a pack's main file with the engine's address, environment and folder", async () => {
    write("console.log(process.argv[2], process.env.GREETING, process.cwd()); console.error('so so');");
    const said: string[] = [];
    const code = await runPolicyPack(pack(), new AbortController().signal, (stream, part) => {
      said.push(`${stream}: ${part.toString().trim()}`);
    });
    expect(code).toBe(0);
    expect(said.sort()).toEqual(["stderr: so so", `stdout: 127.0.0.1:1 hello ${tmpdir()}`]);
  });

  test("passes on how it ended", async () => {
    write("process.exit(3)");
    expect(await runPolicyPack(pack(), new AbortController().signal, () => undefined)).toBe(3);
  });

  test("ends it when the engine has had enough", async () => {
    write("setInterval(() => {}, 1000);");
    const over = new AbortController();
    const running = runPolicyPack(pack(), over.signal, () => undefined);
    over.abort();
    expect(await running).toBe(0);
  });

  test("says where none is", async () => {
    const running = runPolicyPack(pack(), new AbortController().signal, () => undefined);
    await expect(running).rejects.toThrow(`no policy pack in ${folder}`);
  });
});

/** A real run of the engine with this project's pack: what it refused, or that it went well. */
describe("the project's pack in the engine", () => {
  const PRIVATE_KEY = "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n";

  /** A job like those of `components/host/job.ts`. */
  const job = (more: Partial<docker.ContainerArgs>) => (): void => {
    new docker.Container("job", {
      name: "sso-production-job",
      image: `sha256:${"0".repeat(64)}`,
      user: "0:0",
      readOnly: true,
      networkMode: "none",
      capabilities: { drops: ["ALL"] },
      securityOpts: ["no-new-privileges:true"],
      memory: 64,
      memorySwap: 64,
      ulimits: [
        { name: "nofile", soft: 1024, hard: 1024 },
        { name: "nproc", soft: 4096, hard: 4096 },
      ],
      logDriver: "json-file",
      logOpts: { "max-size": "1m", "max-file": "2" },
      attach: true,
      mustRun: false,
      restart: "no",
      ...more,
    });
  };

  async function refusedBy(
    operation: "preview" | "up",
    program: () => void,
    stackName = "production",
  ): Promise<string[]> {
    const stack = await automation.LocalWorkspace.createOrSelectStack(
      { stackName, projectName: "sso", program: () => Promise.resolve().then(program) },
      { workDir: folder, envVars: { PULUMI_BACKEND_URL: `file://${folder}`, PULUMI_CONFIG_PASSPHRASE: "x" } },
    );
    const refused: string[] = [];
    const onEvent = ({ policyEvent }: automation.EngineEvent): void => {
      if (policyEvent !== undefined)
        refused.push(`${policyEvent.enforcementLevel} ${policyEvent.policyName}: ${policyEvent.message}`);
    };
    const run = stack[operation]({ policyPacks: [PACK], onEvent });
    const failure = await run.then(
      () => undefined,
      (error: unknown) => error,
    );
    if (refused.length === 0 && failure !== undefined) throw failure as Error;
    expect(failure instanceof automation.CommandError).toBe(refused.length > 0);
    return refused;
  }

  test("positive control: a hardened container passes", async () => {
    expect(await refusedBy("preview", job({}))).toEqual([]);
  });

  test("a privileged container with an image by tag is refused, by name and with the remedy", async () => {
    const refused = await refusedBy("preview", job({ privileged: true, image: "nginx:latest" }));
    expect(refused.sort()).toEqual([
      expect.stringMatching(/^mandatory capabilities: [\s\S]*privileged is true; leave it out/),
      expect.stringMatching(/^mandatory image-by-digest: [\s\S]*image is "nginx:latest"; give an ID/),
    ]);
  });

  test("a private key is refused in plain text and passes as a secret", async () => {
    const upload = (content: pulumi.Input<string>) =>
      job({ uploads: [{ file: "/key", content }], readOnly: false });
    const refused = await refusedBy("preview", upload(PRIVATE_KEY));
    expect(refused).toEqual([
      expect.stringMatching(/^mandatory secrets-are-marked: [\s\S]*uploads\[0\]\.content is not marked/),
    ]);
    expect(refused.join()).not.toContain("MIIE");
    expect(await refusedBy("preview", upload(pulumi.secret(PRIVATE_KEY)))).toEqual([]);
  });

  test.each([
    ["the project's folder", resolve(PACK, "..")],
    ["the pack's", PACK],
  ])("Pulumi's own runner starts the same pack, from %s", async (_, cwd) => {
    const runner = createRequire(join(PACK, "pack.js")).resolve("@pulumi/pulumi/cmd/run-policy-pack");
    const child = spawn(process.execPath, [runner, "127.0.0.1:1", PACK], {
      cwd,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [port] = (await once(child.stdout, "data")) as [Buffer];
    child.kill();
    expect(port.toString()).toMatch(/^\d+\n$/);
  });

  const volume = (): void => {
    new docker.Volume("data", { name: "sso-x-postgres-data" });
  };

  test("an unprotected volume is refused in production, and not in dev", async () => {
    expect(await refusedBy("preview", volume)).toEqual([
      expect.stringMatching(/^mandatory protected-volumes: /),
    ]);
    expect(await refusedBy("preview", volume, "dev")).toEqual([]);
  });

  test("an update is refused too, before anything is made", async () => {
    expect(await refusedBy("up", volume)).toEqual([expect.stringMatching(/^mandatory protected-volumes: /)]);
  });

  test("positive control: an update without fault goes through", async () => {
    const program = (): void => {
      new random.RandomPassword("password", { length: 32 });
    };
    expect(await refusedBy("up", program)).toEqual([]);
  });
});
