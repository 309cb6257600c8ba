/** What a plugin answers to the engine, in plain values; server.ts puts it on the wire. */
import { check, withoutDefaults, type Checked, type CheckRequest } from "./check.ts";
import type { Failure } from "./coerce.ts";
import { readConfig } from "./config.ts";
import {
  UNKNOWN,
  type Context,
  type Found,
  type Plugin,
  type Properties,
  type ResourceType,
} from "./definition.ts";
import { detailedDiff, topLevel, without, type Changes } from "./diff.ts";
import { handlerInputs, plainState } from "./handler.ts";
import { importedInputs, refreshedInputs, withoutEmptyDefaults } from "./inputs.ts";
import { planCreate, planUpdate, settleRead, type PlanOptions } from "./plan.ts";
import { applied, keeping, type Kept } from "./kept.ts";
import { lower, raise } from "./raw.ts";
import { configSchema, resourceSchema, type ObjectType } from "./schema.ts";
import { markSecrets } from "./secrets.ts";
import { metaOf, outputs, raiseFound, readState, type TimeoutOverride } from "./state.ts";
import { DEFAULTS, isKnown, META, pick } from "./values.ts";

export { HalfMade, type Kept } from "./kept.ts";

/** What the engine says with each operation on a resource. */
export type Call = Omit<Context<unknown>, "client">;

export interface Difference {
  readonly changes: Changes;
  /** There is a difference, even if no path tells it. */
  readonly differs: boolean;
  /** Top-level properties that changed, and those among them that replace. */
  readonly changed: readonly string[];
  readonly replaces: readonly string[];
  /** Properties that could replace and do not. */
  readonly stable: readonly string[];
  readonly deleteBeforeReplace: boolean;
  /** The official plugin names only properties, no paths. */
  readonly detailed: boolean;
}

interface Kind<Client> {
  readonly definition: ResourceType<Client>;
  readonly type: ObjectType;
}

/** The official semantics around a plugin's tables and handlers. */
export class Provider<Client> {
  readonly #plugin: Plugin<Client>;
  readonly #kinds = new Map<string, Kind<Client>>();
  #config: Properties = {};
  #client: Client | undefined;

  public constructor(plugin: Plugin<Client>) {
    this.#plugin = plugin;
  }

  /** The faults of a configuration. */
  public checkConfig(inputs: Properties): readonly Failure[] {
    const failures: Failure[] = [];
    this.#readConfig(inputs, failures);
    return failures;
  }

  /** Takes over a configuration; the client is made when it is first needed. */
  public configure(inputs: Properties): void {
    this.#config = this.#readConfig(inputs, []);
    this.#client = undefined;
  }

  public check(token: string, request: CheckRequest): Checked {
    const { definition, type } = this.#kind(token);
    return check(definition, type, request);
  }

  /** @param ignored property paths whose changes do not count, as the program's `ignoreChanges` has them */
  public diff(
    token: string,
    state: Properties,
    inputs: Properties,
    ignored: readonly string[] = [],
  ): Difference {
    const kind = this.#kind(token);
    const { definition, type } = kind;
    const { prior, planned } = plan(kind, state, inputs);
    const all =
      planned === prior
        ? {}
        : detailedDiff(type, lower(type, prior), lower(type, planned), withoutDefaults(inputs));
    const told = without(all, ignored);
    const isAllIgnored = Object.keys(all).length > 0 && Object.keys(told).length === 0;
    const differs = planned !== prior && !isAllIgnored;
    const changes = definition.update === undefined ? allReplacing(told) : told;
    const replaces = topLevel(changes, (change) => change.replaces);
    return {
      changes,
      differs,
      changed: topLevel(changes),
      replaces,
      stable: type.properties
        .filter((each) => each.replaces && !replaces.includes(each.name))
        .map((each) => each.name),
      deleteBeforeReplace:
        replaces.length > 0 && (definition.deleteBeforeReplace ?? isNamedByProgram(definition, inputs)),
      detailed: definition.framework !== true,
    };
  }

  /** The outputs a new resource will have. */
  public previewCreate(token: string, inputs: Properties): Properties {
    const { definition, type } = this.#kind(token);
    const planned = planCreate(type, raise(type, withoutDefaults(inputs)));
    return outputs(definition, type, UNKNOWN, { ...planned, id: UNKNOWN }, metaOf(definition));
  }

  public async create(token: string, inputs: Properties, call: Call): Promise<Kept> {
    const { definition, type } = this.#kind(token);
    const planned = planCreate(type, raise(type, withoutDefaults(inputs)));
    const meta = metaOf(definition, timeout("create", call));
    const keep = (found: Found): Kept => applied(definition, type, found, planned, meta);
    return keeping(keep, () => definition.create(this.#context(call), handlerInputs(type, inputs)));
  }

  /** The outputs a changed resource will have. */
  public previewUpdate(token: string, id: string, state: Properties, inputs: Properties): Properties {
    const kind = this.#kind(token);
    const { planned } = plan(kind, state, inputs);
    return outputs(kind.definition, kind.type, id, planned, metaOf(kind.definition));
  }

  public async update(
    token: string,
    id: string,
    state: Properties,
    inputs: Properties,
    call: Call,
  ): Promise<Properties> {
    const kind = this.#kind(token);
    const { definition, type } = kind;
    const update = definition.update?.bind(definition);
    if (update === undefined) throw new Error(`${token} cannot be changed in place; replace it`);
    const { planned } = plan(kind, state, inputs);
    const meta = metaOf(definition, timeout("update", call));
    const keep = (found: Found): Kept => applied(definition, type, found, planned, meta);
    const context = this.#context(call);
    const kept = await keeping(keep, () =>
      update(context, id, plainState(state), handlerInputs(type, inputs)),
    );
    return kept.outputs;
  }

  /** The resource as its service has it, and the inputs that stand for that; undefined when it is gone. */
  public async read(
    token: string,
    id: string,
    inputs: Properties,
    state: Properties,
    call: Call,
  ): Promise<(Kept & { readonly inputs: Properties }) | undefined> {
    const { definition, type } = this.#kind(token);
    const found = await definition.read(this.#context(call), id, plainState(state));
    if (found === undefined) return undefined;
    const prior = readState(type, state);
    const raw = settleRead(type, { ...prior, ...pick(raiseFound(type, found, true), found.state) }, prior);
    const imported = Object.keys(state).length === 0;
    const meta = typeof state[META] === "string" ? state[META] : metaOf(definition);
    const kept = outputs(definition, type, found.id, raw, meta);
    if (imported) {
      // Neither a program nor a state knows yet what is a secret, so the engine cannot mark it.
      const inputs = importedInputs(type, kept, definition.framework !== true);
      return { id: found.id, outputs: markSecrets(type, kept), inputs: markSecrets(type, inputs) };
    }
    const refreshed = refreshedInputs(type, inputs, kept);
    const drops = this.#plugin.dropsEmptyDefaults === true;
    return { id: found.id, outputs: kept, inputs: drops ? withoutEmptyDefaults(refreshed) : refreshed };
  }

  public async delete(token: string, id: string, state: Properties, call: Call): Promise<void> {
    const { definition } = this.#kind(token);
    await definition.delete(this.#context(call), id, plainState(state));
  }

  /** Ends connections. */
  public async close(): Promise<void> {
    if (this.#client !== undefined) await this.#plugin.close?.(this.#client);
  }

  #kind(token: string): Kind<Client> {
    const known = this.#kinds.get(token);
    if (known !== undefined) return known;
    const definition = this.#plugin.resources[token];
    if (definition === undefined) {
      const { name } = this.#plugin.schema;
      throw new Error(
        `type ${token} is not supported by the built-in ${name} plugin; install the official one (SSO_PLUGINS=official)`,
      );
    }
    const kind = { definition, type: resourceSchema(this.#plugin.schema, token, definition) };
    this.#kinds.set(token, kind);
    return kind;
  }

  #readConfig(inputs: Properties, failures: Failure[]): Properties {
    const { schema } = this.#plugin;
    return readConfig(schema, configSchema(schema), inputs, process.env, failures);
  }

  #context(call: Call): Context<Client> {
    if (!isKnown(this.#config)) {
      const unknown = Object.keys(this.#config).filter((key) => !isKnown(this.#config[key] ?? null));
      throw new Error(`the ${this.#plugin.schema.name} provider's ${unknown.join(", ")} is not known yet`);
    }
    this.#client ??= this.#plugin.configure(this.#config);
    return { ...call, client: this.#client };
  }
}

/** What a resource will be, beside what it is; one and the same where nothing changes. */
function plan<Client>(
  { definition, type }: Kind<Client>,
  state: Properties,
  inputs: Properties,
): { readonly prior: Properties; readonly planned: Properties } {
  const prior = readState(type, state);
  const config = raise(type, withoutDefaults(inputs));
  const suppress = definition.suppress?.bind(definition);
  if (suppress === undefined) return { prior, planned: planUpdate(type, prior, config) };
  const [old, next] = [lower(type, prior), lower(type, config)];
  const options: PlanOptions = {
    suppress: ({ name }) => suppress(name, old[name] ?? null, next[name] ?? null, next),
  };
  return { prior, planned: planUpdate(type, prior, config, options) };
}

/** A type that cannot be updated is replaced for any change. */
function allReplacing(changes: Changes): Changes {
  return Object.fromEntries(
    Object.entries(changes).map(([path, { kind }]) => [path, { kind, replaces: true }]),
  );
}

function timeout(operation: "create" | "update", { timeoutSec }: Call): TimeoutOverride | undefined {
  return timeoutSec === undefined ? undefined : { operation, seconds: timeoutSec };
}

/** A name of the program's own choosing can stand only once. */
function isNamedByProgram<Client>({ autoName }: ResourceType<Client>, inputs: Properties): boolean {
  const defaults = inputs[DEFAULTS];
  return (
    autoName !== undefined && autoName in inputs && Array.isArray(defaults) && !defaults.includes(autoName)
  );
}
