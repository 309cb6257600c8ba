import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { type Browser, chromium, type Page, type Response } from "playwright-core";
import type { SharedStack } from "../stack/shared.ts";

/**
 * Debian's Chromium, which finds the stack's domain at the stack's address and trusts its CA as a person's
 * browser would after importing it: nothing about certificates is switched off. `outside` are hosts of stand-ins.
 */
export async function openBrowser(stack: SharedStack, outside: readonly string[] = []): Promise<Browser> {
  const home = path.join(stack.folder, "browser");
  trust(home, stack.caFile);
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
      `--host-resolver-rules=${[stack.domain, ...outside].map((host) => `MAP ${host} ${stack.address}`).join(",")}`,
    ],
  });
}

/** Chromium drops its connections while containers come and go beside it; then a page is opened again. */
const DROPPED = /ERR_NETWORK_CHANGED|chrome-error:/;
const MOST_TRIES = 10;

export async function visit(page: Page, url: string): Promise<Response | null> {
  for (let tries = 1; ; tries++) {
    try {
      return await page.goto(url);
    } catch (error) {
      if (tries === MOST_TRIES || !DROPPED.test(String(error))) throw error;
    }
    await page.waitForTimeout(500);
  }
}

/** Chromium on Linux reads added CAs from the NSS database of its user. */
function trust(home: string, caFile: string): void {
  const database = path.join(home, ".pki/nssdb");
  if (fs.existsSync(database)) return;
  fs.mkdirSync(database, { recursive: true });
  execFileSync("certutil", ["-d", `sql:${database}`, "-N", "--empty-password"]);
  execFileSync("certutil", ["-d", `sql:${database}`, "-A", "-n", "sso", "-t", "C,,", "-i", caFile]);
}
