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
  /** What the first `up` made, by kind of change. */
  readonly firstChanges: Readonly<Record<string, number>>;
}

/** Where the global set-up leaves word of the stack for the tests, which run in modules of their own. */
export const SHARED_FILE_VARIABLE = "SSO_TEST_SHARED_STACK";

export function sharedStack(): SharedStack {
  const file = process.env[SHARED_FILE_VARIABLE];
  if (file === undefined) throw new Error("no stack is up: run the stack tests through jest's global set-up");
  return JSON.parse(fs.readFileSync(file, "utf8")) as SharedStack;
}

/** Opens the shared stack for Pulumi operations. */
export async function openShared(): Promise<automation.Stack> {
  return openStackOf(sharedStack());
}

/** Notes the running stack for the tests. */
export async function share(
  throwaway: Throwaway,
  stack: automation.Stack,
  result: automation.UpResult,
): Promise<void> {
  const view = readOutputs(throwaway.name, await stack.outputs());
  const caFile = path.join(throwaway.folder, "ca.pem");
  fs.writeFileSync(caFile, view.caCertificate);
  const shared: SharedStack = {
    ...throwaway,
    view,
    caFile,
    firstChanges: result.summary.resourceChanges ?? {},
  };
  const file = path.join(throwaway.folder, "shared.json");
  fs.writeFileSync(file, JSON.stringify(shared), { mode: 0o600 });
  process.env[SHARED_FILE_VARIABLE] = file;
}
