import { aptInstall, packageVersion } from "../apt.ts";
import { which } from "../exec.ts";
import type { Found, Step } from "../step.ts";

/** Commands that the tests call, by the Debian package that has them. */
const COMMANDS: Readonly<Record<string, string>> = {
  chromium: "chromium",
  // Has the browser trust a stack's CA.
  "libnss3-tools": "certutil",
  // Makes hosts outside the stack.
  iproute2: "ip",
  // Fetch and sign for them.
  "python3-pip": "pip3",
  openssl: "openssl",
};

/** What the tests need of Debian that has no command: filters what Chromium may ask the kernel. */
const LIBRARIES = ["python3-seccomp"];

/** Chromium and the other tools of the end-to-end tests. */
export const browser: Step = {
  name: "chromium",
  needs: [],
  check: find,
  async install({ report, signal }) {
    report("installing chromium");
    await aptInstall([...Object.keys(COMMANDS), ...LIBRARIES], signal);
    const found = await find();
    if (found === undefined) throw new Error("chromium was installed, but is not on the PATH");
    return found;
  },
};

async function find(): Promise<Found | undefined> {
  const paths = await Promise.all(Object.values(COMMANDS).map((command) => which(command)));
  const [path] = paths;
  if (path === undefined || paths.includes(undefined)) return undefined;
  const libraries = await Promise.all(LIBRARIES.map((library) => packageVersion(library)));
  if (libraries.includes(undefined)) return undefined;
  const version = await packageVersion("chromium");
  return { version: version ?? "unknown", origin: version === undefined ? path : "Debian package" };
}
