import * as path from "node:path";
import type * as automation from "@pulumi/pulumi/automation/index.js";
import { additionsTo } from "./additions.ts";
import { failedJobs } from "./bring-up.ts";
import type { StackReport } from "./change-report.ts";
import { type Change, type Comparison, type Findings, findingsIn } from "./changes.ts";
import { InterruptedError, OperatorError } from "./fail.ts";
import { interruptible } from "./interrupt.ts";
import { viewOf } from "./outputs.ts";
import { PROJECT } from "./project.ts";
import { rehearse } from "./rehearsal.ts";
import { settingsWithoutSecrets } from "./stack-settings.ts";
import { withinReach } from "./tunnel.ts";
import { explained, isAboutPassphrase, openIfMade, POLICY_PACK, resourcesOf } from "./workspace.ts";

export interface LookOptions {
  readonly comparison: Comparison;
  /** Whether to do without the stack's secrets and state even if they are at hand. */
  readonly withoutSecrets: boolean;
  /** Whether it has failed where the stack's state or passphrase is not there, instead of checking what it can. */
  readonly requireState: boolean;
}

/** Protects nothing; `bootstrap/env` names it where no other is given. */
const PUBLIC_PASSPHRASE = path.join(PROJECT, "bootstrap/dev-passphrase");

/**
 * Previews a stack, policies included, or compares it with its host. Without the stack's state it checks what can be
 * checked, and without its passphrase, as for a pull request from a fork, with placeholders in the place of secrets.
 *
 * @throws {InterruptedError} when it was interrupted
 */
export async function lookAtStack(stack: string, options: LookOptions): Promise<StackReport> {
  try {
    settingsWithoutSecrets(stack);
    return await look(stack, options);
  } catch (error) {
    if (error instanceof InterruptedError) throw error;
    if (error instanceof OperatorError) return { kind: "failed", stack, message: error.message };
    throw error;
  }
}

async function look(
  stack: string,
  { comparison, withoutSecrets, requireState }: LookOptions,
): Promise<StackReport> {
  const mustCompare = requireState || comparison === "drift";
  const made = withoutSecrets ? undefined : await openIfMade(stack);
  if (made !== undefined) {
    try {
      const findings = await findingsOf(made, comparison);
      const added = comparison === "drift" ? await addedByHand(made) : [];
      return { kind: "found", stack, comparison, ...findings, changes: [...findings.changes, ...added] };
    } catch (error) {
      if (!isAboutPassphrase(error) || isPassphraseGiven() || mustCompare) throw error;
    }
  } else if (mustCompare) {
    throw new OperatorError(
      withoutSecrets
        ? `stack ${stack}: ${comparison === "drift" ? "drift" : "changes"} cannot be seen without the stack's secrets`
        : `stack ${stack} has not been brought up from these states; set PULUMI_BACKEND_URL to where its state is`,
    );
  }
  const secrets = !withoutSecrets && made === undefined && isPassphraseGiven() ? "real" : "placeholders";
  const findings = await rehearse(stack, secrets, (rehearsed) => findingsOf(rehearsed, comparison));
  return { kind: "checked", stack, because: reasonFor(withoutSecrets, made), ...findings };
}

function reasonFor(withoutSecrets: boolean, made: automation.Stack | undefined): string {
  if (withoutSecrets) return "this run does without the stack's state and secrets";
  return made === undefined
    ? "the stack's state is not here; set PULUMI_BACKEND_URL to where it is, unless the stack was never brought up"
    : "this run has no passphrase for the stack";
}

async function addedByHand(stack: automation.Stack): Promise<Change[]> {
  const view = await viewOf(stack);
  const resources = await resourcesOf(stack);
  return withinReach(stack.name, () => additionsTo(view, resources));
}

/** Whether somebody has chosen a passphrase; CI gives an empty one where it withholds its secrets. */
function isPassphraseGiven(
  { PULUMI_CONFIG_PASSPHRASE, PULUMI_CONFIG_PASSPHRASE_FILE } = process.env,
): boolean {
  if ((PULUMI_CONFIG_PASSPHRASE ?? "") !== "") return true;
  const file = PULUMI_CONFIG_PASSPHRASE_FILE ?? "";
  return file !== "" && path.resolve(file) !== PUBLIC_PASSPHRASE;
}

/** @throws {OperatorError} for any failure but a refusal by policy, which is a finding */
async function findingsOf(stack: automation.Stack, comparison: Comparison): Promise<Findings> {
  const events: automation.EngineEvent[] = [];
  const onEvent = (event: automation.EngineEvent): void => void events.push(event);
  try {
    const replace = comparison === "drift" ? [] : failedJobs(await resourcesOf(stack));
    await explained(stack.name, () =>
      interruptible(stack.name, "nothing was changed", (signal) =>
        comparison === "drift"
          ? stack.previewRefresh({ onEvent, signal })
          : stack.preview({ onEvent, signal, policyPacks: [POLICY_PACK], replace }),
      ),
    );
  } catch (error) {
    const findings = findingsIn(events, comparison);
    if (error instanceof InterruptedError || findings.refusals.length === 0) throw error;
    return findings;
  }
  return findingsIn(events, comparison);
}
