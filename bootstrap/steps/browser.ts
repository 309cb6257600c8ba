import { aptInstall, packageVersion } from "../apt.ts";
import { which } from "../exec.ts";
import type { Found, Step } from "../step.ts";

/** Chromium for the end-to-end tests. */
export const browser: Step = {
  name: "chromium",
  needs: [],
  check: find,
  async install({ report, signal }) {
    report("installing chromium");
    await aptInstall(["chromium"], { signal });
    const found = await find();
    if (found === undefined) throw new Error("chromium was installed, but is not on the PATH");
    return found;
  },
};

async function find(): Promise<Found | undefined> {
  const path = await which("chromium");
  if (path === undefined) return undefined;
  const version = await packageVersion("chromium");
  return { version: version ?? "unknown", origin: version === undefined ? path : "Debian package" };
}
