/**
 * What a built-in plugin says about itself. Everything that is alike for all resource types (check, diff,
 * previews, state encoding, secrets, the gRPC protocol) is in the other files of this folder; a plugin adds a
 * table of `ResourceType`s and the calls to its service.
 *
 * State made by the official plugins and by these is interchangeable. The official ones are Terraform
 * providers behind Pulumi's bridge, so the tables name the few facts of the Terraform schema that the Pulumi
 * schema leaves out.
 */

/** A plain value as it stands in inputs and outputs; secrets are unwrapped by the engine before they arrive. */
export type Value = null | boolean | number | string | Value[] | { [key: string]: Value };
export type Properties = Record<string, Value>;

/** Stands for a value not known during a preview (Pulumi's wire format). */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** One property of the official schema, as recorded. */
export interface PropertySchema {
  readonly type?: "string" | "integer" | "number" | "boolean" | "array" | "object";
  readonly items?: PropertySchema;
  readonly additionalProperties?: PropertySchema;
  /** `#/types/<token>` */
  readonly $ref?: string;
  readonly default?: Value;
  readonly defaultInfo?: { readonly environment?: readonly string[] };
  readonly secret?: boolean;
  readonly willReplaceOnChanges?: boolean;
}

export interface ObjectSchema {
  readonly properties: Readonly<Record<string, PropertySchema>>;
  readonly required?: readonly string[];
}

export interface ResourceSchema {
  readonly inputProperties: Readonly<Record<string, PropertySchema>>;
  readonly requiredInputs?: readonly string[];
  readonly properties: Readonly<Record<string, PropertySchema>>;
  /** Outputs that always have a value: required, defaulted or computed ones. */
  readonly required?: readonly string[];
}

/** The official schema of a package, reduced to what plugins need. */
export interface PackageSchema {
  readonly name: string;
  readonly version: string;
  readonly provider: { readonly inputProperties?: Readonly<Record<string, PropertySchema>> };
  readonly resources: Readonly<Record<string, ResourceSchema>>;
  readonly types: Readonly<Record<string, ObjectSchema>>;
}

/** Terraform's view of one object level (a resource, or a nested type by its token). */
export interface Shape {
  /**
   * Terraform sets: properties whose order means nothing. They are kept in the order Terraform keeps sets in.
   * Single objects (`$ref`) that are sets of at most one element belong here too: a set is planned as a whole,
   * a list element by element.
   */
  readonly sets?: readonly string[];
  /** Terraform's name where it is not the snake case of Pulumi's, such as `{ envs: "env" }`. */
  readonly renamed?: Readonly<Record<string, string>>;
  /**
   * Terraform's defaults. Those that are not false, 0 or "" are filled in during check and listed in
   * `__defaults`, as the bridge does; the others only in the plan.
   */
  readonly defaults?: Readonly<Record<string, Value>>;
  /** Those of `defaults` that only the plan knows, like zero ones: the bridge skips deprecated properties. */
  readonly quiet?: readonly string[];
  /**
   * Optional properties that keep the server's value while the program is silent (Optional + Computed).
   * @default at the top level: outputs the schema calls required that are no required inputs and have no default
   */
  readonly computed?: readonly string[];
  /** Properties that replace the resource, beyond those the schema marks with `willReplaceOnChanges`. */
  readonly replaces?: readonly string[];
}

/** What a handler gets besides its arguments. */
export interface Context<Client> {
  readonly client: Client;
  /** Aborted when the operator cancels. */
  readonly signal: AbortSignal;
  /** The resource's logical name, for messages. */
  readonly name: string;
  /** Seconds the operator allows (`customTimeouts`); absent where they said nothing. */
  readonly timeoutSec?: number;
  /** Shown under the resource while it works. */
  status(message: string): void;
  warn(message: string): void;
}

/**
 * A resource as its service has it: outputs under Pulumi's names. Properties left out keep what was planned, or on
 * `read` what was in the state; one that the service no longer has must be said to be `null` (or empty).
 */
export interface Found {
  readonly id: string;
  readonly state: Properties;
}

/**
 * One resource type. Handlers get checked inputs (defaults filled in, types coerced, sets sorted) and return
 * what the service holds afterwards. They throw `Error` with one short message for a person; `PartialError`
 * (errors.ts) where something was made and must be kept in the state.
 */
export interface ResourceType<Client> extends Shape {
  /** Written to the state as Terraform's bridge does: `schema_version` and, where it has them, timeouts in ns. */
  readonly meta?: {
    readonly schemaVersion?: number;
    readonly timeouts?: Readonly<Partial<Record<"create" | "update" | "delete", number>>>;
  };
  /** Shapes of nested types by their token, such as `docker:index/ContainerPort:ContainerPort`. */
  readonly nested?: Readonly<Record<string, Shape>>;
  /** Property that gets `<logical name>-<7 hex digits>` when the program names none. @default none */
  readonly autoName?: string;
  /** When it is replaced, the old one goes first. @default only where the program chose the name of `autoName` */
  readonly deleteBeforeReplace?: boolean;
  /** Made by the plugin framework rather than SDKv2 (all of random): no `__defaults`, nulls kept apart. @default false */
  readonly framework?: boolean;
  /** The official plugin does not repeat the ID among the outputs. @default false */
  readonly withoutIdOutput?: boolean;
  /** Message per fault that the schema cannot express (conflicts, forms). @default none */
  validate?(inputs: Properties): readonly { readonly property: string; readonly reason: string }[];
  /** Whether a difference in `property` (top level) means nothing to the service. @default false */
  suppress?(property: string, old: Value, next: Value, inputs: Properties): boolean;
  create(context: Context<Client>, inputs: Properties): Promise<Found>;
  /** `undefined` when it is gone. `state` is empty on import. */
  read(context: Context<Client>, id: string, state: Properties): Promise<Found | undefined>;
  /** Absent where every change replaces. */
  update?(context: Context<Client>, id: string, state: Properties, inputs: Properties): Promise<Found>;
  delete(context: Context<Client>, id: string, state: Properties): Promise<void>;
}

/** A whole plugin: `serve(plugin)` (server.ts) is all its main file calls. */
export interface Plugin<Client> {
  readonly schema: PackageSchema;
  /** Opens nothing yet: connections are made on first use, so that a preview needs no server. */
  configure(config: Properties): Client;
  readonly resources: Readonly<Record<string, ResourceType<Client>>>;
  /** The official plugin was built with a bridge that drops empty `__defaults` on refresh. @default false */
  readonly dropsEmptyDefaults?: boolean;
  close?(client: Client): Promise<void>;
}
