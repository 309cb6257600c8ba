import * as crypto from "node:crypto";
import * as keycloak from "@pulumi/keycloak";
import * as pulumi from "@pulumi/pulumi";
import type AuthenticationExecutionInfoRepresentation from "@keycloak/keycloak-admin-client/lib/defs/authenticationExecutionInfoRepresentation.js";
import type { RealmScope } from "./realm.ts";
import type { Expectation } from "./verification.ts";

export type Requirement = "REQUIRED" | "ALTERNATIVE" | "CONDITIONAL" | "DISABLED";

/** One authenticator of a flow, by its provider ID in Keycloak. */
export interface ExecutionStep {
  readonly authenticator: string;
  readonly requirement: Requirement;
  /** The authenticator's own settings. @default none */
  readonly config?: Readonly<Record<string, string>>;
  /** One more of its settings, which Keycloak shows to nobody; needs `config`. @default none */
  readonly secret?: { readonly key: string; readonly value: string };
  readonly steps?: never;
}

/** A flow within a flow; its name is unique in the realm. */
export interface SubflowStep {
  readonly name: string;
  readonly requirement: Requirement;
  readonly steps: readonly FlowStep[];
  /** Authenticator that shows the one form to which the steps add their fields. @default no form */
  readonly form?: string;
  readonly authenticator?: never;
}

export type FlowStep = ExecutionStep | SubflowStep;

/** No flow here lets people in, or links an identity, by an e-mail address or a password alone. */
const OPEN_DOORS: readonly string[] = [
  "idp-auto-link",
  "idp-email-verification",
  "idp-username-password-form",
  "auth-username-password-form",
  "direct-grant-validate-password",
];

export interface AuthenticationFlowArgs extends RealmScope {
  /** Unique in the realm. */
  readonly alias: string;
  readonly description: string;
  readonly steps: readonly FlowStep[];
}

/** An authentication flow, its steps in the order in which they are given. */
export class AuthenticationFlow extends pulumi.ComponentResource {
  /** Known once the whole flow is there, so that nothing is bound to half of one. */
  public readonly alias: pulumi.Output<string>;

  public constructor(name: string, args: AuthenticationFlowArgs, opts?: pulumi.ComponentResourceOptions) {
    super("sso:realm:AuthenticationFlow", name, {}, opts);
    const options = { parent: this, provider: args.provider, deletedWith: args.deletedWith };
    const { realmId } = args;
    const flow = new keycloak.authentication.Flow(
      `${name}-flow`,
      { realmId, alias: args.alias, description: args.description, providerId: "basic-flow" },
      options,
    );
    const made: pulumi.Output<string>[] = [flow.id];

    const addAll = (parentFlowAlias: pulumi.Output<string>, steps: readonly FlowStep[]): void => {
      for (const [index, step] of steps.entries()) {
        const place = { realmId, parentFlowAlias, requirement: step.requirement, priority: (index + 1) * 10 };
        if (step.steps === undefined) {
          const execution = new keycloak.authentication.Execution(
            `${name}-${step.authenticator}`,
            { ...place, authenticator: step.authenticator },
            options,
          );
          made.push(execution.id);
          if (step.config !== undefined) {
            made.push(
              this.newConfig(`${name}-${step.authenticator}-config`, args, execution.id, step, options),
            );
          }
        } else {
          const alias = `${args.alias} ${step.name}`;
          const subflow = new keycloak.authentication.Subflow(
            `${name}-${step.name}`,
            {
              ...place,
              alias,
              providerId: step.form === undefined ? "basic-flow" : "form-flow",
              ...(step.form === undefined ? {} : { authenticator: step.form }),
            },
            options,
          );
          made.push(subflow.id);
          addAll(
            subflow.id.apply(() => alias),
            step.steps,
          );
        }
      }
    };
    addAll(
      flow.id.apply(() => args.alias),
      args.steps,
    );

    this.alias = pulumi.all(made).apply(() => args.alias);
    args.expectations.add(
      flow,
      this.alias.apply((alias): Expectation => ({
        of: `flow ${alias}`,
        read: async (client, realm) => {
          const executions = await client.authenticationManagement.getExecutions({ realm, flow: alias });
          const found = executions.map(described);
          // What is only too much may be a step that this very update deletes, at its end.
          const open = executions.filter(
            ({ providerId = "", requirement }) =>
              OPEN_DOORS.includes(providerId) && requirement !== "DISABLED",
          );
          return {
            missing: stepsOf(alias, args.steps).filter((step) => !found.includes(step)),
            openDoors: open.map(described),
          };
        },
        values: { missing: [], openDoors: [] },
      })),
    );
    this.registerOutputs({ alias: this.alias });
  }

  private newConfig(
    name: string,
    args: AuthenticationFlowArgs,
    executionId: pulumi.Output<string>,
    { authenticator, config = {}, secret }: ExecutionStep,
    options: pulumi.CustomResourceOptions,
  ): pulumi.Output<string> {
    const alias = `${args.alias} ${authenticator}`;
    if (secret === undefined) {
      const open = { realmId: args.realmId, executionId, alias, config: { ...config } };
      return new keycloak.authentication.ExecutionConfig(name, open, options).id;
    }
    // Keycloak answers with a mask, which is no change; a new secret makes a new configuration by its name.
    const digest = crypto.createHash("sha256").update(secret.value).digest("hex").slice(0, 8);
    return new keycloak.authentication.ExecutionConfig(
      name,
      {
        realmId: args.realmId,
        executionId,
        alias: `${alias} ${digest}`,
        config: { ...config, [secret.key]: pulumi.secret(secret.value) },
      },
      { ...options, ignoreChanges: [`config["${secret.key}"]`] },
    ).id;
  }
}

/** The steps as Keycloak shall list them: how deep in subflows, what, and its requirement. */
function stepsOf(flowAlias: string, steps: readonly FlowStep[], level = 0): string[] {
  return steps.flatMap((step) => {
    const name = step.steps === undefined ? step.authenticator : `${flowAlias} ${step.name}`;
    const inner = step.steps === undefined ? [] : stepsOf(flowAlias, step.steps, level + 1);
    return [`${level} ${name} ${step.requirement}`, ...inner];
  });
}

/** A step as Keycloak lists it, in the words of `stepsOf`. */
function described(step: AuthenticationExecutionInfoRepresentation): string {
  const name = step.authenticationFlow === true ? step.displayName : step.providerId;
  return `${step.level} ${name} ${step.requirement}`;
}
