import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

/** A clone whose Node.js says what it is called with. */
const clone = fs.mkdtempSync(path.join(os.tmpdir(), "sso-run-"));

beforeAll(() => {
  for (const folder of ["bootstrap", ".tools/bin"])
    fs.mkdirSync(path.join(clone, folder), { recursive: true });
  for (const file of ["run", "env"])
    fs.copyFileSync(path.join("bootstrap", file), path.join(clone, "bootstrap", file));
  const node = path.join(clone, ".tools/bin/node");
  fs.writeFileSync(node, '#!/bin/sh\n[ "$1" = -e ] || echo "node $*"\n', { mode: 0o755 });
});
afterAll(() => {
  fs.rmSync(clone, { recursive: true });
});

function run(): { readonly stdout: string; readonly stderr: string } {
  const { stdout, stderr } = spawnSync(path.join(clone, "bootstrap/run"), ["script.ts", "word"], {
    encoding: "utf8",
  });
  return { stdout, stderr };
}

const SCRIPT = "node bootstrap/main.ts script.ts word\nnode script.ts word\n";

test("what a script needs is brought before it runs", () => {
  expect(run()).toEqual({ stdout: SCRIPT, stderr: "" });
});

test("a command that waits for another one's bootstrap says so", async () => {
  const other = spawn("flock", ["-o", ".tools", "sh", "-c", "echo held; sleep 1"], { cwd: clone });
  await once(other.stdout, "data");
  expect(run()).toEqual({
    stdout: SCRIPT,
    stderr: `bootstrap: waiting for that of another command in ${clone}\n`,
  });
  expect(other.exitCode ?? (await once(other, "exit"))[0]).toBe(0);
});
