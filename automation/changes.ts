import type * as automation from "@pulumi/pulumi/automation/index.js";
import { isStateful } from "../policy/stateful.ts";
import { type Difference, differencesOf } from "./differences.ts";

/** What becomes of a resource. */
export type ChangeKind = "create" | "update" | "replace" | "delete";

/** What a preview says of one resource. */
export interface Change {
  readonly kind: ChangeKind;
  /** Name in the program. */
  readonly name: string;
  /** For people: `docker Container`. */
  readonly type: string;
  /** Whether accounts, keys or realms would go with it. */
  readonly isStateful: boolean;
  readonly differences: readonly Difference[];
}

/** Something that the policy pack refuses. */
export interface Refusal {
  readonly rule: string;
  /** Name of the resource; absent for what is wrong with the stack as a whole. */
  readonly resource?: string;
  /** What is wrong, and the remedy. */
  readonly fault: string;
}

/** What a preview found. */
export interface Findings {
  readonly changes: readonly Change[];
  readonly refusals: readonly Refusal[];
  /** How many resources stay as they are. */
  readonly unchanged: number;
}

/** Whether the program is compared with the state, or the state with what is there. */
export type Comparison = "preview" | "drift";

const KINDS: readonly string[] = ["create", "update", "replace", "delete"] satisfies readonly ChangeKind[];

type Step = automation.StepEventMetadata;
type Event = automation.EngineEvent;

/** Which events tell of each resource, once. */
const STEPS: Readonly<Record<Comparison, (event: Event) => Step | undefined>> = {
  preview: ({ resourcePreEvent }) => resourcePreEvent?.metadata,
  drift: ({ resOutputsEvent }) => resOutputsEvent?.metadata,
};

/** What the engine's events say. */
export function findingsIn(events: readonly Event[], comparison: Comparison): Findings {
  const steps = events
    .flatMap((event) => STEPS[comparison](event) ?? [])
    .filter((step) => (step.new ?? step.old)?.custom === true && KINDS.concat("same").includes(step.op));
  const changes = steps.flatMap((step) => changeIn(step, comparison));
  return {
    changes,
    refusals: events.flatMap(({ policyEvent }) =>
      policyEvent?.enforcementLevel === "mandatory" ? [refusalIn(policyEvent)] : [],
    ),
    unchanged: steps.length - changes.length,
  };
}

function changeIn(step: Step, comparison: Comparison): Change[] {
  if (!KINDS.includes(step.op)) return [];
  const kind = step.op as ChangeKind;
  const name = nameOf(step.urn);
  const known = (step.new ?? step.old)?.inputs.name as unknown;
  const differences = kind === "update" || kind === "replace" ? differencesIn(step, comparison) : [];
  if (comparison === "drift" && kind === "update" && differences.length === 0) return [];
  return [
    {
      kind,
      name,
      type: typeOf(step.type),
      isStateful: isStateful(step.type, typeof known === "string" ? known : name),
      differences,
    },
  ];
}

/** Inputs tell what was asked and is asked; what somebody else did shows in outputs alone. */
function differencesIn(step: Step, comparison: Comparison): Difference[] {
  const { old, new: next } = step;
  if (!old || !next) return [];
  const told = Object.keys(step.detailedDiff ?? {});
  const tops = [...told.map((path) => /^[^.[]+/.exec(path)?.[0] ?? path), ...(step.diffs ?? [])];
  const only = tops.length > 0 ? [...new Set(tops)].sort() : undefined;
  const side = comparison === "drift" ? "outputs" : "inputs";
  return differencesOf(old[side], next[side], only, told.length > 0 ? told : only);
}

/** `realm-community-realm` of its URN. */
function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

/** `docker Container` of `docker:index/container:Container`. */
function typeOf(token: string): string {
  const [plugin = "", module = "", type = ""] = token.split(":");
  const area = module.split("/")[0] ?? "";
  return [plugin, ...(area === "index" ? [] : [area]), type].join(" ");
}

function refusalIn({ policyName, message, resourceUrn }: automation.PolicyEvent): Refusal {
  const [, ...fault] = message.trim().split("\n"); // the first line says what the rule is for
  return {
    rule: policyName,
    fault: fault.join(" "),
    ...(resourceUrn === undefined ? {} : { resource: nameOf(resourceUrn) }),
  };
}
