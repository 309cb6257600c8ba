import { execFileSync, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { Naming } from "../../components/host/naming.ts";
import { COMMUNITY } from "../stack/services.ts";
import { openShared, sharedStack } from "../stack/shared.ts";
import { environmentOf } from "../stack/throwaway.ts";

const stack = sharedStack();

/** IDs of the stack's containers by name. */
function containers(): Record<string, string> {
  const { prefix } = new Naming(stack.name);
  const lines = execFileSync("docker", ["ps", "--no-trunc", "--format", "{{.Names}} {{.ID}}"], {
    encoding: "utf8",
  });
  return Object.fromEntries(
    lines
      .split("\n")
      .filter((line) => line.startsWith(prefix))
      .map((line) => line.split(" ") as [string, string]),
  );
}

test("the first up made everything and replaced nothing", () => {
  expect(Object.keys(stack.firstChanges)).toEqual(["create"]);
});

test("a second preview finds nothing to do", async () => {
  const { changeSummary } = await (await openShared()).preview();
  expect(Object.keys(changeSummary)).toEqual(["same"]);
});

test("a refresh finds nothing that differs, and neither does a preview after it", async () => {
  const opened = await openShared();
  const { summary } = await opened.refresh();
  expect(Object.keys(summary.resourceChanges ?? {})).toEqual(["same"]);
  expect(Object.keys((await opened.preview()).changeSummary)).toEqual(["same"]);
});

test("twenty further ups change nothing and leave the same containers running", async () => {
  const opened = await openShared();
  const before = containers();
  expect(Object.keys(before)).toHaveLength(8);
  for (let time = 0; time < 20; time += 1) {
    const { summary } = await opened.up();
    expect(Object.keys(summary.resourceChanges ?? {})).toEqual(["same"]);
    expect(containers()).toEqual(before);
  }
}, 600_000);

test("plain pulumi asks the policies, as every command of this project does", () => {
  const said = execFileSync("pulumi", ["preview", "--stack", stack.name, "--non-interactive"], {
    env: { ...process.env, ...environmentOf(stack) },
    encoding: "utf8",
  });
  expect(said).toMatch(/^Policies:\n.*sso@/m);
  expect(said).toMatch(/\d+ unchanged/);
});

test("no private key is in the state, in the open or encrypted", async () => {
  const deployment: unknown = (await (await openShared()).exportStack()).deployment;
  const { stdout } = spawnSync("pulumi", ["stack", "export", "--show-secrets", "--stack", stack.name], {
    env: { ...process.env, ...environmentOf(stack) },
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  expect(JSON.stringify(deployment)).toContain("BEGIN CERTIFICATE"); // control: PEM would be seen
  expect(stdout).toContain(stack.view.admin.clientSecret); // control: nothing is encrypted
  expect(stdout).not.toMatch(/PRIVATE KEY/);
});

test("secrets are masked in the outputs and nowhere plain in the state", () => {
  const { admin, realms } = stack.view;
  const secrets = [admin.clientSecret, realms[COMMUNITY]?.services.app?.[0]?.clientSecret];
  const shown = execFileSync("pulumi", ["stack", "output", "--json", "--stack", stack.name], {
    env: { ...process.env, ...environmentOf(stack) },
    encoding: "utf8",
  });
  expect(JSON.parse(shown)).toMatchObject({ admin: { clientSecret: "[secret]" } });
  const kept = fs.readFileSync(path.join(stack.folder, ".pulumi/stacks/sso", `${stack.name}.json`), "utf8");
  expect(kept).toContain(admin.url);
  for (const secret of secrets) {
    expect(secret).toMatch(/^\w{32,}$/);
    expect(shown).not.toContain(secret);
    expect(kept).not.toContain(secret);
  }
});
