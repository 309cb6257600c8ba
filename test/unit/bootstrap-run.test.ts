import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { text } from "node:stream/consumers";

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

const start = () => spawn(path.join(clone, "bootstrap/run"), ["script.ts", "word"]);

const SCRIPT = "node bootstrap/main.ts script.ts word\nnode script.ts word\n";

test("what a script needs is brought before it runs", async () => {
  const { stdout, stderr } = start();
  expect(await Promise.all([text(stdout), text(stderr)])).toEqual([SCRIPT, ""]);
});

test("a command that waits for another one's bootstrap says so", async () => {
  const other = spawn("flock", ["-o", ".tools", "sh", "-c", "echo held; cat"], { cwd: clone });
  await once(other.stdout, "data");
  const { stdout, stderr } = start();
  const ended = text(stdout);
  const [said] = (await once(stderr, "data")) as [Buffer];
  expect(said.toString()).toBe(`bootstrap: waiting for that of another command in ${clone}\n`);
  other.stdin.end();
  expect(await ended).toBe(SCRIPT);
});
