import type { Properties, ResourceType } from "../../core/definition.ts";
import type { Connection, Rest } from "../connection.ts";
import { entity, fill } from "../entity.ts";
import type { Step } from "../entity.ts";
import { native } from "../field.ts";
import type { Fields } from "../field.ts";
import { asText, idOf } from "../value.ts";

const top = native();
const AUTHENTICATION = "/{realmId}/authentication";
const REQUIREMENTS = ["REQUIRED", "ALTERNATIVE", "OPTIONAL", "CONDITIONAL", "DISABLED"];

/** A flow at the top: what a realm's bindings and clients name. */
export const flow = entity({
  autoName: "alias",
  address: ["realmId"],
  collection: `${AUTHENTICATION}/flows`,
  carry: "everything",
  fixed: { topLevel: true, builtIn: false },
  fields: {
    alias: top.text("alias"),
    providerId: top.text("providerId", { default: "basic-flow", oneOf: ["basic-flow", "client-flow"] }),
    description: top.text("description", { silent: true }),
  },
});

/** How a step stands in its flow; Keycloak takes both only in an update of the flow's list. */
const standing: Fields = {
  requirement: top.text("requirement", { default: "DISABLED", oneOf: REQUIREMENTS }),
  priority: top.integer("priority"),
};

const inFlow = (where: Properties): string =>
  fill(`${AUTHENTICATION}/flows/{parentFlowAlias}/executions`, where);

/** Sets requirement and priority of a step. A priority of zero is what Keycloak gave it: last. */
async function place(rest: Rest, where: Properties, id: string, inputs: Properties): Promise<void> {
  const { requirement = null, priority = null } = inputs;
  const order = priority === null || priority === 0 ? {} : { priority };
  await rest.put(inFlow(where), { id, requirement: requirement ?? "DISABLED", ...order });
}

/** One step of a flow: an authenticator. */
export const execution: ResourceType<Connection> = entity({
  address: ["realmId", "parentFlowAlias"],
  collection: `${AUTHENTICATION}/flows/{parentFlowAlias}/executions/execution`,
  item: `${AUTHENTICATION}/executions/{id}`,
  carry: "none",
  fields: { authenticator: top.text("authenticator"), ...standing },
  prepare: (rep, { inputs }) => {
    rep["provider"] = inputs["authenticator"] ?? null;
  },
  replace: ({ rest, where, inputs }) => place(rest, where, asText(where["id"]), inputs),
  finish: async ({ rest, where, inputs, state }) => {
    if (state === undefined) await place(rest, where, asText(where["id"]), inputs);
  },
});

const executionOf = (where: Properties, id: string): string =>
  fill(`${AUTHENTICATION}/executions/{id}`, { ...where, id });

/** A flow inside a flow has an ID of its own and another one as a step. `undefined` when it is no step any more. */
async function stepOf(rest: Rest, where: Properties): Promise<string | undefined> {
  const steps = await rest.list(inFlow(where));
  return idOf(steps?.find(({ flowId }) => flowId === where["id"]));
}

/** The same where the flow around it has another alias than the state knows. */
async function stepElsewhere(rest: Rest, where: Properties): Promise<string | undefined> {
  const flows = (await rest.list(fill(`${AUTHENTICATION}/flows`, where))) ?? [];
  for (const { alias = null } of flows) {
    const step = await stepOf(rest, { ...where, parentFlowAlias: alias }); // in a flow inside it, too
    if (step !== undefined) return step;
  }
  return undefined;
}

async function placeSubflow({ rest, where, inputs }: Step): Promise<void> {
  const step = await stepOf(rest, where);
  if (step === undefined) {
    throw new Error(
      `flow ${asText(where["parentFlowAlias"])} has no step for this subflow; run pulumi refresh first`,
    );
  }
  await place(rest, where, step, inputs);
}

const SUBFLOW = `${AUTHENTICATION}/flows/{id}`;

/** A flow inside another one. */
export const subflow: ResourceType<Connection> = entity({
  autoName: "alias",
  address: ["realmId", "parentFlowAlias"],
  collection: `${AUTHENTICATION}/flows/{parentFlowAlias}/executions/flow`,
  item: SUBFLOW,
  carry: "everything",
  fields: {
    alias: top.text("alias"),
    providerId: top.text("providerId", {
      default: "basic-flow",
      oneOf: ["basic-flow", "form-flow", "client-flow"],
    }),
    description: top.text("description"),
    authenticator: { otherwise: "" },
    requirement: { otherwise: "DISABLED", default: "DISABLED", oneOf: REQUIREMENTS },
    priority: { otherwise: 0 },
  },
  prepare: (rep, { inputs, state }) => {
    if (state !== undefined) return;
    rep["type"] = rep["providerId"] ?? null;
    rep["provider"] = inputs["authenticator"] ?? "";
  },
  finish: placeSubflow,
  extend: async (_rep, _prior, { rest, where }) => {
    const step = await stepOf(rest, where);
    const found = step === undefined ? undefined : await rest.find(executionOf(where, step));
    const { authenticator = "", requirement = "", priority = 0 } = found ?? {};
    return { authenticator, requirement, priority };
  },
  // Taking away the step takes away the flow in it; the other way round would leave the step.
  remove: async (rest, where) => {
    const item = fill(SUBFLOW, where);
    const known = await stepOf(rest, where);
    if (known === undefined && (await rest.find(item)) === undefined) return;
    const step = known ?? (await stepElsewhere(rest, where));
    await rest.remove(step === undefined ? item : executionOf(where, step));
  },
});

/** Settings of a step. */
export const executionConfig = entity({
  autoName: "alias",
  address: ["realmId", "executionId"],
  collection: `${AUTHENTICATION}/executions/{executionId}/config`,
  item: `${AUTHENTICATION}/config/{id}`,
  carry: "everything",
  fields: { alias: top.text("alias"), config: top.stringMap("config") },
});
