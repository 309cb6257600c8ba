import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildPlugins } from "../../plugins/build.ts";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "plugins-"));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

test("builds plugins where Pulumi looks for them, once", async () => {
  const built = await buildPlugins(folder, process.execPath, ["random", "nodejs"]);
  expect(built.map(({ kind, name, version, reused }) => ({ kind, name, version, reused }))).toEqual([
    { kind: "resource", name: "random", version: "4.21.2", reused: false },
    { kind: "language", name: "nodejs", version: "3.270.0", reused: false },
  ]);
  expect(readdirSync(folder).sort()).toEqual(["language-nodejs-v3.270.0", "resource-random-v4.21.2"]);
  const again = await buildPlugins(folder, process.execPath, ["random", "nodejs"]);
  expect(again.map(({ reused }) => reused)).toEqual([true, true]);
});

test("makes executables that print the port they listen on and end when told to", async () => {
  const [plugin] = await buildPlugins(folder, process.execPath, ["random"]);
  const child = spawn(plugin?.executable ?? "", [], { stdio: ["ignore", "pipe", "inherit"] });
  const [port] = (await once(child.stdout, "data")) as [Buffer];
  expect(port.toString()).toMatch(/^\d+\n$/);
  child.kill("SIGTERM");
  expect(await once(child, "exit")).toEqual([0, null]);
});

test("builds anew for another Node", async () => {
  const [plugin] = await buildPlugins(folder, "node", ["random"]);
  expect(plugin?.reused).toBe(false);
});
