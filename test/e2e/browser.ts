import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { type Browser, chromium } from "playwright-core";
import type { SharedStack } from "../stack/shared.ts";

/** Sites outside of the stack, at the stack's address. */
export interface Sites {
  readonly hosts: readonly string[];
  /** File with the certificate of all of them. */
  readonly certificateFile: string;
}

/**
 * Debian's Chromium, which finds the stack's domain at the stack's address and trusts its CA as a person's
 * browser would after importing it: nothing about certificates is switched off. With `sites`, it does so for these
 * too.
 */
export async function openBrowser(stack: SharedStack, sites?: Sites): Promise<Browser> {
  const home = path.join(stack.folder, sites === undefined ? "browser" : "browser-of-sites");
  trust(home, { sso: stack.caFile, ...(sites === undefined ? {} : { sites: sites.certificateFile }) });
  const hosts = [stack.domain, ...(sites?.hosts ?? [])];
  return chromium.launch({
    executablePath: "/usr/bin/chromium",
    env: { ...process.env, HOME: home },
    args: [
      "--no-sandbox", // tests run as root in CI
      "--disable-quic",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--no-first-run",
      `--host-resolver-rules=${hosts.map((host) => `MAP ${host} ${stack.address}`).join(", ")}`,
    ],
  });
}

/** Chromium on Linux reads added certificates, given as files by a name, from the NSS database of its user. */
function trust(home: string, certificates: Readonly<Record<string, string>>): void {
  const database = path.join(home, ".pki/nssdb");
  fs.rmSync(database, { recursive: true, force: true });
  fs.mkdirSync(database, { recursive: true });
  execFileSync("certutil", ["-d", `sql:${database}`, "-N", "--empty-password"]);
  for (const [name, file] of Object.entries(certificates)) {
    execFileSync("certutil", ["-d", `sql:${database}`, "-A", "-n", name, "-t", "C,,", "-i", file]);
  }
}
