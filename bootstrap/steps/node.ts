import { existsSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { BIN, short } from "../paths.ts";
import type { Found, Step } from "../step.ts";

const LINK = join(BIN, "node");

/** Node.js that runs TypeScript. `bootstrap/run` brings it, because this file needs it already. */
export const node: Step = {
  name: "node",
  needs: [],
  check: () => Promise.resolve(find()),
  install: () =>
    Promise.reject(
      new Error(`${process.execPath} is not ${short(LINK)}; start with bootstrap/run or npm run`),
    ),
};

function find(): Found | undefined {
  if (!existsSync(LINK) || realpathSync(LINK) !== process.execPath) return undefined;
  return { version: process.versions.node, origin: short(process.execPath) };
}
