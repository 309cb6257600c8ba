import type { Context, Found, Properties, ResourceType, Value } from "../core/definition.ts";
import { PartialError } from "../core/errors.ts";
import type { Connection, Rest } from "./connection.ts";
import { TAKE_OVER } from "./failure.ts";
import { decode, encode, faults, isSuppressed, shapeOf } from "./field.ts";
import type { Fields } from "./field.ts";
import { asText } from "./value.ts";

/** A path below `/admin/realms` with properties in braces, or a choice between several. */
export type Path = string | ((where: Properties) => string);

/** What a special step gets to know. */
export interface Step {
  readonly rest: Rest;
  readonly context: Context<Connection>;
  /** The properties of the address, and `id`. */
  readonly where: Properties;
  readonly inputs: Properties;
  /** Absent on creation. */
  readonly state?: Properties;
}

/** How the official plugin's import IDs are made: parts between slashes, or a form with choices. */
export type ImportId =
  readonly string[] | { readonly form: string; parse(parts: readonly string[]): Properties | undefined };

const isList = (importId: ImportId): importId is readonly string[] => Array.isArray(importId);

/**
 * A type whose members Keycloak keeps in a collection: `POST` to it, `GET`, `PUT` and `DELETE` on an item. A type
 * is a row of facts; the optional functions are for what is really special about it.
 */
export interface Entity extends Pick<ResourceType<Connection>, "autoName" | "meta" | "renamed"> {
  /** Properties that say where it lives; they are part of no representation. The first is the realm. */
  readonly address: readonly string[];
  readonly collection: Path;
  /** @default `{collection}/{id}` */
  readonly item?: Path;
  readonly fields: Fields;
  /** Constants of the representation, such as the provider that makes it this type. */
  readonly fixed?: Properties;
  /**
   * What an update repeats of what the server has, because leaving it out would take it away.
   * `none` where `PUT` merges by itself: no reading before writing, so nobody else's change is lost.
   */
  readonly carry: "everything" | "none" | readonly string[];
  /** @default the address, then `id` */
  readonly importId?: ImportId;
  /** Where `import: true` finds what it takes over instead of creating. */
  adopt?(step: Step): Promise<string | undefined>;
  /** The ID of what was just created, where Keycloak answers with something else. */
  identify?(step: Step): Promise<string | undefined>;
  /** Last changes to what is sent. */
  prepare?(rep: Properties, step: Step): void | Promise<void>;
  /** Changes an item, where that is no `PUT` of its representation. */
  replace?(step: Step): Promise<void>;
  /** Takes an item away, where that is no `DELETE` of its path. */
  remove?(rest: Rest, where: Properties): Promise<void>;
  /** What is set by further requests once the item stands. */
  finish?(step: Step): Promise<void>;
  /** Properties that take further requests, or that the rows cannot express. */
  extend?(
    rep: Properties,
    prior: Properties,
    step: Pick<Step, "rest" | "where">,
  ): Promise<Properties> | Properties;
  validate?(inputs: Properties): readonly { readonly property: string; readonly reason: string }[];
  /** @throws a message if it must not be deleted */
  guard?(state: Properties): void;
}

/** Fills in a path. */
export function fill(path: Path, where: Properties): string {
  const template = typeof path === "string" ? path : path(where);
  return template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(asText(where[name])));
}

export const pick = (from: Properties, names: readonly string[]): Properties =>
  Object.fromEntries(names.map((name) => [name, from[name] ?? null]));

/** An address in one line: the ID of what has none of its own. */
export const addressId = (where: Properties, names: readonly string[]): string =>
  names.map((name) => asText(where[name])).join("/");

/**
 * The address of a resource that is read: from its state or, on import, from its ID.
 * @throws if an import ID has another form than it should
 */
export function locate(
  { address, importId }: Pick<Entity, "address" | "importId">,
  id: string,
  state: Properties,
): Properties {
  const realm = address[0] ?? "id";
  if ((state[realm] ?? null) !== null) return { ...pick(state, address), id };
  const parts = id.split("/");
  const form = importId ?? [...address, "id"];
  if (!isList(form)) {
    const parsed = form.parse(parts);
    if (parsed !== undefined) return parsed;
  } else if (parts.length === form.length) {
    return Object.fromEntries(form.map((name, index) => [name, parts[index] ?? ""]));
  }
  const expected = isList(form) ? form.map((name) => `{${name}}`).join("/") : form.form;
  throw new Error(`import ID ${JSON.stringify(id)} does not have the form ${expected}`);
}

/** What the state holds of properties the server does not tell: the program's, else what was there. */
function priorOf(fields: Fields, inputs: Properties, state: Properties): Properties {
  const isKept = (name: string): boolean => fields[name]?.kept === true && (inputs[name] ?? null) === null;
  return { ...inputs, ...pick(state, Object.keys(fields).filter(isKept)) };
}

async function read(
  entity: Entity,
  rest: Rest,
  where: Properties,
  prior: Properties,
): Promise<Found | undefined> {
  const rep = await rest.find(itemPath(entity, where));
  if (rep === undefined) return undefined;
  const more = (await entity.extend?.(rep, prior, { rest, where })) ?? {};
  const id = asText(where["id"]);
  return { id, state: { id, ...pick(where, entity.address), ...decode(entity.fields, rep, prior), ...more } };
}

function itemPath({ item, collection }: Entity, where: Properties): string {
  return item === undefined ? `${fill(collection, where)}/${fill("{id}", where)}` : fill(item, where);
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Takes away what was just made and could not be finished. @throws `error`, one way or another */
async function undo(entity: Entity, step: Step, error: unknown): Promise<never> {
  try {
    await removeItem(entity, step.rest.uncut, step.where); // the operator's signal may be what brought us here
  } catch (second) {
    throw halfMade(
      entity,
      step,
      `${messageOf(error)}; it could not be taken away again: ${messageOf(second)}`,
    );
  }
  throw error;
}

/** Something stands that must not be lost. */
function halfMade(entity: Entity, { where, inputs, state }: Step, message: string): PartialError {
  const id = asText(where["id"]);
  return new PartialError(message, {
    id,
    state: { ...state, ...priorOf(entity.fields, inputs, state ?? {}), id },
  });
}

/** Further requests and the last reading, once an item stands. */
async function complete(entity: Entity, step: Step, isNew = false): Promise<Found> {
  const { rest, where, inputs, state } = step;
  try {
    await entity.finish?.(step);
  } catch (error) {
    if (isNew) return undo(entity, step, error);
    throw halfMade(entity, step, messageOf(error));
  }
  try {
    const found = await read(entity, rest, where, priorOf(entity.fields, inputs, state ?? {}));
    if (found !== undefined) return found;
    throw new Error(`realms${itemPath(entity, where)} was taken away meanwhile; run pulumi refresh`);
  } catch (error) {
    throw halfMade(entity, step, messageOf(error));
  }
}

async function removeItem(entity: Entity, rest: Rest, where: Properties): Promise<void> {
  await (entity.remove?.(rest, where) ?? rest.remove(itemPath(entity, where)));
}

async function write(entity: Entity, step: Step): Promise<void> {
  if (entity.replace !== undefined) return entity.replace(step);
  const { rest, where, inputs, state } = step;
  const path = itemPath(entity, where);
  const rep: Properties = { ...(await carried(entity, rest, path)), ...entity.fixed };
  encode(entity.fields, inputs, state ?? {}, rep);
  await entity.prepare?.(rep, step);
  await rest.put(path, rep);
}

async function carried({ carry }: Entity, rest: Rest, path: string): Promise<Properties> {
  if (carry === "none") return {};
  const current = await rest.find(path);
  if (current === undefined) throw new Error(`realms${path} is gone from keycloak; run pulumi refresh first`);
  return carry === "everything" ? current : pickPresent(current, carry);
}

const pickPresent = (from: Properties, names: readonly string[]): Properties =>
  Object.fromEntries(Object.entries(from).filter(([name]) => names.includes(name)));

async function adopt(entity: Entity, step: Step): Promise<Found> {
  const id = await entity.adopt?.(step);
  if (id === undefined) {
    throw new Error(`there is nothing to import for ${step.context.name}; leave import out to create it`);
  }
  const adopted = { ...step, where: { ...step.where, id } };
  await write(entity, adopted);
  return complete(entity, adopted);
}

/** The ID of what was just made; the operator's signal does not keep it from being known. */
async function identified(entity: Entity, step: Step, location: string): Promise<string> {
  if (entity.identify === undefined) return location;
  const { name } = step.context;
  const id = await entity.identify({ ...step, rest: step.rest.uncut }).catch((error: unknown) => {
    throw new Error(`${messageOf(error)}; ${name} was made: ${TAKE_OVER}`);
  });
  if (id === undefined) throw new Error(`${name} was taken away meanwhile; run pulumi up again`);
  return id;
}

async function create(entity: Entity, context: Context<Connection>, inputs: Properties): Promise<Found> {
  const rest = context.client.rest(context.signal);
  const where = pick(inputs, entity.address);
  const step: Step = { rest, context, where, inputs };
  if (inputs["import"] === true) return adopt(entity, step);
  const rep: Properties = { ...entity.fixed };
  encode(entity.fields, inputs, undefined, rep);
  await entity.prepare?.(rep, step);
  const location = await rest.create(fill(entity.collection, where), rep);
  const id = await identified(entity, step, location);
  return complete(entity, { ...step, where: { ...where, id } }, true);
}

/** The handlers and facts that core wants, made from a row. */
export function entity(row: Entity): ResourceType<Connection> {
  const { fields } = row;
  const same = (property: string, old: Value, next: Value, inputs: Properties): boolean =>
    isSuppressed(fields, property, old, next, inputs);
  return {
    ...shapeOf(fields),
    ...(row.autoName === undefined ? {} : { autoName: row.autoName }),
    ...(row.meta === undefined ? {} : { meta: row.meta }),
    ...(row.renamed === undefined ? {} : { renamed: row.renamed }),
    validate: (inputs) => [...faults(fields, inputs), ...(row.validate?.(inputs) ?? [])],
    suppress: same,
    create: (context, inputs) => create(row, context, inputs),
    read: (context, id, state) => {
      const rest = context.client.rest(context.signal);
      const where = locate(row, id, state);
      return read(row, rest, where, { ...where, ...state });
    },
    update: async (context, id, state, inputs) => {
      const rest = context.client.rest(context.signal);
      const step = { rest, context, where: { ...pick(inputs, row.address), id }, inputs, state };
      await write(row, step);
      return complete(row, step);
    },
    delete: async (context, id, state) => {
      row.guard?.(state);
      if (state["import"] === true) return;
      await removeItem(row, context.client.rest(context.signal), locate(row, id, state));
    },
  };
}
