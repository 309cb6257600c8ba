import { existsSync } from "node:fs";
import { join } from "node:path";
import { run } from "../exec.ts";
import { ROOT } from "../paths.ts";
import { fingerprint } from "../pins.ts";
import { Stamp } from "../stamp.ts";
import type { Found, Step } from "../step.ts";

const stamp = new Stamp("npm-packages");
const found: Found = { version: "as locked", origin: "npm, node_modules" };

/** What `package-lock.json` names, in `node_modules`. */
export const packages: Step = {
  name: "npm packages",
  needs: [],
  async check() {
    const isThere = existsSync(join(ROOT, "node_modules/.package-lock.json"));
    return isThere && (await stamp.read()) === (await fingerprint("package-lock.json")) ? found : undefined;
  },
  async install({ signal }) {
    await stamp.clear();
    await run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: ROOT, signal });
    await stamp.write(await fingerprint("package-lock.json"));
    return found;
  },
};
