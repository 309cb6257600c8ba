/**
 * The type tree of a resource: the official Pulumi schema joined with the few Terraform facts of `Shape`. All other
 * files of this folder walk it.
 */
import type {
  ObjectSchema,
  PackageSchema,
  PropertySchema,
  ResourceType,
  Shape,
  Value,
} from "./definition.ts";

export type Type = Primitive | MapType | ListType | ObjectType;

export interface Primitive {
  readonly kind: "string" | "integer" | "number" | "boolean";
}

export interface MapType {
  readonly kind: "map";
  readonly element: Type;
}

export interface ListType {
  readonly kind: "list" | "set";
  readonly element: Type;
  /** At most one element, which Pulumi shows without its list. */
  readonly single: boolean;
  /** A Terraform block: absent means empty, never null. */
  readonly block: boolean;
}

export interface ObjectType {
  readonly kind: "object";
  /** In the order of Terraform's names. */
  readonly properties: readonly Property[];
  readonly byName: ReadonlyMap<string, Property>;
}

export interface Property {
  readonly name: string;
  readonly terraformName: string;
  readonly type: Type;
  /** The program may set it. */
  readonly input: boolean;
  /** The program must set it. */
  readonly required: boolean;
  /** The service may set it while the program is silent. */
  readonly computed: boolean;
  readonly default: Value | undefined;
  /** The default is filled in by the plan only. */
  readonly quiet: boolean;
  readonly replaces: boolean;
  /** Never in plain text in the state. */
  readonly secret: boolean;
}

/** Pulumi's name in snake case, which is Terraform's name unless a shape says otherwise. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter, at: number) => (at === 0 ? "" : "_") + letter.toLowerCase());
}

/** The type tree of a resource. */
export function resourceSchema<Client>(
  schema: PackageSchema,
  token: string,
  definition: ResourceType<Client>,
): ObjectType {
  const resource = schema.resources[token];
  if (resource === undefined) throw new Error(`type ${token} is not in the schema of ${schema.name}`);
  const requiredInputs = resource.requiredInputs ?? [];
  const defaults = definition.defaults ?? {};
  const computed = (resource.required ?? []).filter(
    (name) => !requiredInputs.includes(name) && !(name in defaults),
  );
  const inputs = resource.inputProperties;
  return objectType(
    new Reader(schema, definition.nested ?? {}),
    { properties: { ...resource.properties, ...inputs }, required: requiredInputs },
    { ...definition, computed: definition.computed ?? computed },
    (name) => name in inputs,
    (name) => !(name in inputs),
  );
}

/** The type tree of a plugin's configuration. */
export function configSchema(schema: PackageSchema): ObjectType {
  const properties = schema.provider.inputProperties ?? {};
  return objectType(
    new Reader(schema, {}),
    { properties },
    {},
    () => true,
    () => false,
  );
}

function objectType(
  reader: Reader,
  schema: ObjectSchema,
  shape: Shape,
  isInput: (name: string) => boolean,
  isOutputOnly: (name: string) => boolean,
): ObjectType {
  const properties = Object.entries(schema.properties).map(([name, property]): Property => {
    const computed = isOutputOnly(name) || (shape.computed ?? []).includes(name);
    return {
      name,
      terraformName: shape.renamed?.[name] ?? snakeCase(name),
      type: reader.type(property, (shape.sets ?? []).includes(name), !computed),
      input: isInput(name),
      required: schema.required?.includes(name) ?? false,
      computed,
      default: shape.defaults?.[name],
      quiet: shape.quiet?.includes(name) ?? false,
      replaces: property.willReplaceOnChanges === true || (shape.replaces ?? []).includes(name),
      secret: property.secret === true,
    };
  });
  properties.sort((a, b) => (a.terraformName < b.terraformName ? -1 : 1));
  return { kind: "object", properties, byName: new Map(properties.map((each) => [each.name, each])) };
}

const references = "#/types/";

/** Reads property types, following references and remembering each nested type. */
class Reader {
  readonly #schema: PackageSchema;
  readonly #shapes: Readonly<Record<string, Shape>>;
  readonly #objects = new Map<string, ObjectType>();

  public constructor(schema: PackageSchema, shapes: Readonly<Record<string, Shape>>) {
    this.#schema = schema;
    this.#shapes = shapes;
  }

  public type(property: PropertySchema, isSet: boolean, block: boolean): Type {
    const kind = isSet ? "set" : "list";
    if (property.$ref !== undefined)
      return { kind, element: this.#object(property.$ref), single: true, block };
    switch (property.type) {
      case "array": {
        const element = this.#element(property.items);
        return { kind, element, single: false, block: block && element.kind === "object" };
      }
      case "object":
        return { kind: "map", element: this.#element(property.additionalProperties) };
      case undefined:
        return { kind: "string" };
      default:
        return { kind: property.type };
    }
  }

  #element(schema: PropertySchema | undefined): Type {
    if (schema?.$ref !== undefined) return this.#object(schema.$ref);
    return this.type(schema ?? { type: "string" }, false, false);
  }

  #object(reference: string): ObjectType {
    const token = reference.slice(references.length);
    const known = this.#objects.get(token);
    if (known !== undefined) return known;
    const schema = this.#schema.types[token];
    if (schema === undefined)
      throw new Error(`nested type ${token} is not in the schema of ${this.#schema.name}`);
    const shape = this.#shapes[token] ?? {};
    const made = objectType(
      this,
      schema,
      shape,
      () => true,
      () => false,
    );
    this.#objects.set(token, made);
    return made;
  }
}
