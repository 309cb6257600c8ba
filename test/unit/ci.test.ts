import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parse } from "yaml";
import { remoteHostOf } from "../../automation/remote-host.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
const WORKFLOWS = path.join(ROOT, ".github/workflows");

interface Job {
  readonly if?: string;
  readonly "runs-on": unknown;
  readonly permissions?: unknown;
  readonly env?: Readonly<Record<string, string>>;
  readonly strategy?: { readonly matrix: { readonly stack: readonly string[] } };
  readonly steps: readonly { readonly uses?: string; readonly run?: string }[];
}

interface Workflow {
  readonly on: unknown;
  readonly permissions: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

const read = (file: string): unknown => parse(fs.readFileSync(path.join(ROOT, file), "utf8"));
const workflowOf = (file: string): Workflow => read(path.join(".github/workflows", file)) as Workflow;

function jobOf(file: string, name: string): Job {
  const job = workflowOf(file).jobs[name];
  if (job === undefined) throw new Error(`${file} has no job ${name}`);
  return job;
}

describe.each(fs.readdirSync(WORKFLOWS))("%s", (file) => {
  const workflow = workflowOf(file);
  const jobs = Object.values(workflow.jobs);
  const steps = jobs.flatMap((job) => job.steps);

  test("may read the code and nothing else, in no job more", () => {
    expect(workflow.permissions).toEqual({ contents: "read" });
    for (const { permissions } of jobs) expect([undefined, workflow.permissions]).toContainEqual(permissions);
  });

  test("gives no secret to a fork's code", () => {
    expect(JSON.stringify(workflow.on)).not.toContain("pull_request_target");
  });

  test("uses actions by commit", () => {
    for (const { uses } of steps) if (uses !== undefined) expect(uses).toMatch(/^[\w/-]+@[0-9a-f]{40}$/);
  });

  test("puts nothing that a pull request says into a command", () => {
    for (const { run } of steps) expect(run ?? "").not.toContain("${{");
  });
});

describe("a pull request on GitHub", () => {
  const own = jobOf("preview.yaml", "own");
  const fork = jobOf("preview.yaml", "fork");

  test("is either the repository's own or a fork's", () => {
    const head = "github.event.pull_request.head.repo.full_name";
    expect(Object.keys(workflowOf("preview.yaml").jobs)).toEqual(["own", "fork"]);
    expect([own.if, fork.if]).toEqual([`${head} == github.repository`, `${head} != github.repository`]);
  });

  test("of a fork is looked at without secrets, on a machine that reaches no host", () => {
    expect(fork["runs-on"]).toBe("ubuntu-latest");
    expect(fork.steps.at(-1)?.run).toMatch(/^\.ci\/preview staging production --without-secrets /);
    expect(JSON.stringify(fork)).not.toMatch(/secrets\.|secrets\[|"environment"|vars\.|self-hosted/);
  });

  test("of its own has failed where it cannot be compared", () => {
    expect(own.steps.at(-1)?.run).toMatch(/^\.ci\/preview "\$STACK" --require-state /);
  });

  test("of its own is looked at where drift is, with the same credentials", () => {
    const drift = jobOf("drift.yaml", "drift");
    expect(own["runs-on"]).toEqual(["self-hosted", "sso"]);
    expect(own["runs-on"]).toEqual(drift["runs-on"]);
    expect(own.env).toMatchObject({
      PULUMI_BACKEND_URL: "${{ vars.PULUMI_BACKEND_URL }}",
      PULUMI_CONFIG_PASSPHRASE: "${{ secrets.PULUMI_CONFIG_PASSPHRASE }}",
      PULUMI_ACCESS_TOKEN: "${{ secrets.PULUMI_ACCESS_TOKEN }}",
    });
    expect(own.env).toEqual(drift.env);
  });

  test("has stacks looked at beside each other that share no address on the runner", () => {
    const stacks = own.strategy?.matrix.stack ?? [];
    expect(stacks).toEqual(["staging", "production"]);
    expect(new Set(stacks.map((stack) => remoteHostOf(stack)?.adminAddress)).size).toBe(stacks.length);
  });
});

describe("stacks on demand", () => {
  const gc = jobOf("gc.yaml", "gc");

  /** What the job's command does where its variable says so. */
  function collect(states: string): { status: number | null; out: string; err: string } {
    const { status, stdout, stderr } = spawnSync("bash", ["--norc", "-ec", gc.steps.at(-1)?.run ?? ""], {
      env: { PATH: `${folder}:${process.env.PATH ?? ""}`, STATES: states },
      encoding: "utf8",
    });
    return { status, out: stdout, err: stderr };
  }

  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "sso-"));
  beforeAll(() => {
    fs.writeFileSync(path.join(folder, "npm"), '#!/bin/sh\necho "$PULUMI_BACKEND_URL: $*"\n', {
      mode: 0o755,
    });
  });
  afterAll(() => {
    fs.rmSync(folder, { recursive: true });
  });

  test("are collected every hour, where drift is looked for, with the passphrase of the file that they go by", () => {
    expect(workflowOf("gc.yaml").on).toMatchObject({ schedule: [{ cron: "47 * * * *" }] });
    expect(gc["runs-on"]).toEqual(jobOf("drift.yaml", "drift")["runs-on"]);
    expect(gc).toMatchObject({ environment: "staging" });
    expect(Object.keys(gc.env ?? {})).toEqual(["STATES", "PULUMI_CONFIG_PASSPHRASE"]); // no bucket has any
  });

  test("are collected in the folder that has their states, and not where there is none", () => {
    fs.mkdirSync(path.join(folder, "demand"));
    expect(collect(folder)).toEqual({
      status: 0,
      out: `file://${folder}: --silent run stack -- gc\n`,
      err: "",
    });
    for (const wrong of ["", path.join(folder, "demand")])
      expect(collect(wrong)).toMatchObject({
        status: 1,
        out: "",
        err: expect.stringMatching(/^no stack .* set it/) as unknown,
      });
  });
});

describe("Zuul", () => {
  interface ZuulJob {
    readonly name: string;
    readonly "pre-run": string;
    readonly run: string;
    readonly secrets?: unknown;
  }
  type Pipelines = Readonly<Record<string, { readonly jobs: readonly string[] }>>;
  const items = read(".zuul.yaml") as { job?: ZuulJob; project?: Pipelines }[];
  const jobs = items.flatMap(({ job }) => job ?? []);
  const playbook = (file: string): string => fs.readFileSync(path.join(ROOT, file), "utf8");
  const runs = Object.fromEntries(jobs.map((job) => [job.name, playbook(job.run)]));

  test("runs the same commands, after what they need has been brought", () => {
    expect(runs).toEqual({
      "sso-preview": expect.stringContaining(".ci/preview staging production --without-secrets") as unknown,
      "sso-drift": expect.stringContaining("run preview -- {{ item }} --drift --format markdown") as unknown,
    });
    for (const job of jobs) expect(playbook(job["pre-run"])).toMatch(/ensure-output-dirs[^]+ensure-nodejs/);
  });

  test("gives secrets to no job that runs before review", () => {
    expect(jobs.filter(({ secrets }) => secrets !== undefined).map(({ name }) => name)).toEqual([
      "sso-drift",
    ]);
    const [pipelines] = items.flatMap(({ project }) => (project === undefined ? [] : [project]));
    expect(pipelines).toEqual({
      check: { jobs: ["sso-preview"] },
      gate: { jobs: ["sso-preview"] },
      periodic: { jobs: ["sso-drift"] },
    });
  });
});

test.each([
  "README.md",
  "docs/operator-guide.md",
  ...["accounts", "dns", "preview", "status"].map((command) => `automation/${command}.ts`),
])("%s has npm say nothing where a program or a file takes what a command prints", (file) => {
  const text = fs.readFileSync(path.join(ROOT, file), "utf8");
  expect(text.match(/npm run [^\n`]*( --csv| --metrics| --format markdown|dns -- zone STACK)/g)).toBeNull();
});

test.each(["accounts", "dns", "preview", "status"])("%s says so with --help", (command) => {
  const { stdout } = spawnSync(process.execPath, [`automation/${command}.ts`, "--help"], {
    cwd: ROOT,
    encoding: "utf8",
  });
  expect(stdout).toContain(`npm --silent run ${command} -- `);
});
