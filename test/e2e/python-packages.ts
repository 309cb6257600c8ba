import { execFileSync } from "node:child_process";
import * as crypto from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";

const REQUIREMENTS = path.join(import.meta.dirname, "sites/requirements.txt");
const CACHE = path.resolve(import.meta.dirname, "../../.tools/cache");

/** Architectures by Python's names, as Node calls them. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: "x86_64", arm64: "aarch64" };

/**
 * Packages that the sites of the tests import, checked by their hashes, for Debian 12's Python.
 *
 * @returns the folder with them; it is kept for the next run
 */
export function pythonPackages(): string {
  const requirements = fs.readFileSync(REQUIREMENTS);
  const hash = crypto.createHash("sha256").update(requirements).digest("hex").slice(0, 12);
  const folder = path.join(CACHE, `python-${hash}`);
  if (fs.existsSync(folder)) return folder;
  const draft = `${folder}.${process.pid}`;
  const architecture = ARCHITECTURES[process.arch] ?? process.arch;
  execFileSync(
    "pip3",
    [
      ...["install", "--quiet", "--disable-pip-version-check", "--root-user-action", "ignore"],
      ...["--target", draft, "--no-deps", "--require-hashes", "--requirement", REQUIREMENTS],
      ...["--only-binary", ":all:", "--implementation", "cp", "--python-version", "3.11"],
      ...["--platform", `manylinux2014_${architecture}`],
    ],
    { stdio: "pipe" },
  );
  fs.renameSync(draft, folder);
  return folder;
}
