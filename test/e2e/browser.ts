import { AxeBuilder } from "@axe-core/playwright";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import {
  type Browser,
  type BrowserContextOptions,
  chromium,
  type Page,
  type Response,
} from "playwright-core";
import type { SharedStack } from "../stack/shared.ts";

/**
 * Debian's Chromium, which finds the stack's domain at the stack's address and trusts its CA as a person's
 * browser would after importing it: nothing about certificates is switched off. `outside` are hosts of stand-ins.
 */
export async function openBrowser(stack: SharedStack, outside: readonly string[] = []): Promise<Browser> {
  const home = path.join(stack.folder, "browser");
  trust(home, stack.caFile);
  return chromium.launch({
    executablePath: path.join(import.meta.dirname, "chromium.py"),
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

/** A page in a window of its own, which bears a machine that is busy with other things. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await (await browser.newContext(options)).newPage();
  page.setDefaultTimeout(60_000);
  return page;
}

/** A person's own browser window; closed when the work is over. */
export async function inWindow<T>(browser: Browser, work: (page: Page) => Promise<T>): Promise<T> {
  const page = await openPage(browser);
  try {
    return await work(page);
  } finally {
    await page.context().close();
  }
}

/** Opens a page, and waits for what shows that its scripts have run, where they take a person on. */
export async function visit(page: Page, url: string, awaited?: string): Promise<Response | null> {
  const response = await page.goto(url);
  if (awaited !== undefined) await page.waitForSelector(awaited);
  return response;
}

/** What axe finds that keeps people from using the page (`serious`) or some part of it at all (`critical`). */
export async function barriers(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
}

/** Chromium on Linux reads added CAs from the NSS database of its user. */
function trust(home: string, caFile: string): void {
  const database = path.join(home, ".pki/nssdb");
  if (fs.existsSync(database)) return;
  fs.mkdirSync(database, { recursive: true });
  execFileSync("certutil", ["-d", `sql:${database}`, "-N", "--empty-password"]);
  execFileSync("certutil", ["-d", `sql:${database}`, "-A", "-n", "sso", "-t", "C,,", "-i", caFile]);
}
