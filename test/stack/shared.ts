import * as fs from "node:fs";
import * as path from "node:path";
import type * as automation from "@pulumi/pulumi/automation/index.js";
import { readOutputs, type StackView } from "../../automation/outputs.ts";
import { openStackOf, type Throwaway } from "./throwaway.ts";

/** The stack that all stack tests of a run share: brought up before them, destroyed by the last one. */
export interface SharedStack extends Throwaway {
  readonly view: StackView;
  /** File with the CA's certificate. */
  readonly caFile: string;
  /** Domain of its accounts' alias addresses. */
  readonly aliasDomain: string;
  /** What the first `up` made, by kind of change. */
  readonly firstChanges: Readonly<Record<string, number>>;
}

/** Where the global set-up leaves word of the stack for the tests, which run in modules of their own. */
export const SHARED_FILE_VARIABLE = "SSO_TEST_SHARED_STACK";

export function sharedStack(): SharedStack {
  const file = process.env[SHARED_FILE_VARIABLE];
  if (file === undefined)
    throw new Error("no stack is up: it did not come up, as said before, or jest made none for this file");
  return JSON.parse(fs.readFileSync(file, "utf8")) as SharedStack;
}

/** Opens the shared stack for Pulumi operations. */
export async function openShared(): Promise<automation.Stack> {
  return openStackOf(sharedStack());
}

/**
 * Notes a running stack for the tests, with what is known of it besides its outputs.
 *
 * @returns the file that `SHARED_FILE_VARIABLE` names for them
 */
export function share(
  known: Throwaway & Pick<SharedStack, "aliasDomain" | "firstChanges">,
  outputs: automation.OutputMap,
): string {
  const view = readOutputs(known.name, outputs);
  const caFile = path.join(known.folder, "ca.pem");
  fs.writeFileSync(caFile, view.caCertificate);
  const shared: SharedStack = { ...known, view, caFile };
  const file = path.join(known.folder, "shared.json");
  fs.writeFileSync(file, JSON.stringify(shared), { mode: 0o600 });
  return file;
}
