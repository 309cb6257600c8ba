import { KEYCLOAK } from "../pins.ts";
import type { Step } from "../step.ts";
import { baseImage } from "./base-image.ts";
import { browser } from "./browser.ts";
import { cli } from "./cli.ts";
import { engine } from "./engine.ts";
import { mavenImage } from "./maven-image.ts";
import { node } from "./node.ts";
import { packages } from "./packages.ts";
import { plugins } from "./plugins.ts";

/** Everything that this clone needs from its machine. */
export const STEPS: readonly Step[] = [
  node,
  packages,
  cli,
  plugins,
  engine,
  baseImage,
  mavenImage(KEYCLOAK),
  browser,
];

const PACKAGES = ["node", "npm packages"];
const FOR_TESTS = ["chromium"];

/** Scripts that need less than a stack does, or more. Every other one needs all but what only tests use. */
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  "bootstrap/doctor.ts": [],
  "automation/settings.ts": PACKAGES,
  "automation/preview.ts": [...PACKAGES, "pulumi cli", "pulumi plugins"],
  "test/run.ts": STEPS.map(({ name }) => name),
};

/** Steps for a call of `bootstrap/run`; help needs no more than the packages that print it. */
export function stepsFor(script: string | undefined, args: readonly string[]): readonly Step[] {
  const known = script === undefined ? undefined : NEEDS[script];
  const all = known ?? STEPS.map(({ name }) => name).filter((name) => !isForTests(name));
  const isHelp = args.includes("--help") || args.includes("-h");
  return STEPS.filter(({ name }) => all.includes(name) && (!isHelp || PACKAGES.includes(name)));
}

/** Whether only `npm test` needs it. */
export function isForTests(name: string): boolean {
  return FOR_TESTS.includes(name);
}
