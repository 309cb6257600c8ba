import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";

const ROOT = path.resolve(import.meta.dirname, "../..");
const WORKFLOWS = path.join(ROOT, ".github/workflows");

interface Workflow {
  readonly on: unknown;
  readonly permissions: unknown;
  readonly jobs: Readonly<
    Record<string, { readonly steps: readonly { readonly uses?: string; readonly run?: string }[] }>
  >;
}

const read = (file: string): unknown => parse(fs.readFileSync(path.join(ROOT, file), "utf8"));

describe.each(fs.readdirSync(WORKFLOWS))("%s", (file) => {
  const workflow = read(path.join(".github/workflows", file)) as Workflow;
  const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);

  test("may read the code and nothing else, and gives no secret to a fork's code", () => {
    expect(workflow.permissions).toEqual({ contents: "read" });
    expect(JSON.stringify(workflow.on)).not.toContain("pull_request_target");
    expect(fs.readFileSync(path.join(WORKFLOWS, file), "utf8")).not.toContain("permissions: write");
  });

  test("uses actions by commit", () => {
    for (const { uses } of steps) if (uses !== undefined) expect(uses).toMatch(/^[\w/-]+@[0-9a-f]{40}$/);
  });

  test("puts nothing that a pull request says into a command", () => {
    for (const { run } of steps) expect(run ?? "").not.toContain("${{");
  });
});

test("Zuul runs a playbook that is there, and the same command", () => {
  const [job] = (read(".zuul.yaml") as { job?: { run: string; secrets?: unknown } }[]).flatMap(
    (each) => each.job ?? [],
  );
  expect(job?.secrets).toBeUndefined();
  expect(fs.readFileSync(path.join(ROOT, job?.run ?? ""), "utf8")).toContain(
    ".ci/preview staging production --without-secrets",
  );
});
