/** A small plugin with one of each kind of property, for the tests of what all plugins share. */
import type { Call } from "../../../plugins/core/provider.ts";
import type {
  Found,
  PackageSchema,
  Plugin,
  Properties,
  ResourceType,
  Value,
} from "../../../plugins/core/definition.ts";
import { resourceSchema, type ObjectType } from "../../../plugins/core/schema.ts";

export const BOX = "sample:index/box:Box";
const PORT = "sample:index/BoxPort:BoxPort";
const LIMITS = "sample:index/BoxLimits:BoxLimits";

export const schema: PackageSchema = {
  name: "sample",
  version: "1.2.3",
  provider: {
    inputProperties: {
      host: { type: "string", defaultInfo: { environment: ["SAMPLE_HOST"] } },
      retries: { type: "integer", default: 3 },
      tls: { type: "boolean" },
    },
  },
  resources: {
    [BOX]: {
      inputProperties: {
        name: { type: "string", willReplaceOnChanges: true },
        size: { type: "integer" },
        weight: { type: "number" },
        open: { type: "boolean" },
        colour: { type: "string" },
        owner: { type: "string", secret: true },
        tags: { type: "array", items: { type: "string" } },
        steps: { type: "array", items: { type: "string" } },
        notes: { type: "object", additionalProperties: { type: "string" } },
        ports: { type: "array", items: { $ref: `#/types/${PORT}` } },
        limits: { $ref: `#/types/${LIMITS}` },
      },
      requiredInputs: ["size"],
      properties: {
        name: { type: "string" },
        size: { type: "integer" },
        weight: { type: "number" },
        open: { type: "boolean" },
        colour: { type: "string" },
        owner: { type: "string", secret: true },
        tags: { type: "array", items: { type: "string" } },
        steps: { type: "array", items: { type: "string" } },
        notes: { type: "object", additionalProperties: { type: "string" } },
        ports: { type: "array", items: { $ref: `#/types/${PORT}` } },
        limits: { $ref: `#/types/${LIMITS}` },
        serial: { type: "string", secret: true },
      },
      required: ["name", "owner", "serial", "size"],
    },
  },
  types: {
    [PORT]: {
      properties: {
        number: { type: "integer", willReplaceOnChanges: true },
        protocol: { type: "string" },
        comment: { type: "string" },
      },
      required: ["number"],
    },
    [LIMITS]: {
      properties: { memory: { type: "integer" }, names: { type: "array", items: { type: "string" } } },
    },
  },
};

/** What the sample's handlers were asked, and how they answer. */
export interface Shelf {
  readonly asked: string[];
  answer?: (inputs: Properties) => Found | Promise<Found>;
  found?: Found | undefined;
}

export const box: ResourceType<Shelf> = {
  autoName: "name",
  meta: { schemaVersion: 2, timeouts: { create: 60e9, delete: 30e9 } },
  sets: ["tags", "ports"],
  renamed: { ports: "port" },
  defaults: { colour: "red", open: false },
  computed: ["owner"],
  nested: { [PORT]: { defaults: { protocol: "tcp" } } },
  suppress: (property, old, next) => property === "weight" && Math.abs(Number(old) - Number(next)) < 1,
  validate: ({ size }) =>
    typeof size === "number" && size < 1
      ? [{ property: "size", reason: "size is too small; allowed: 1 or more" }]
      : [],
  create: async ({ client, name }, inputs) => {
    client.asked.push(`create ${name}`);
    return (
      (await client.answer?.(inputs)) ?? { id: "box-1", state: { ...inputs, owner: "root", serial: "s1" } }
    );
  },
  read: ({ client }, id) => {
    client.asked.push(`read ${id}`);
    return Promise.resolve(client.found);
  },
  update: async ({ client }, id, state, inputs) => {
    client.asked.push(`update ${id} ${text(state.serial)}`);
    return (await client.answer?.(inputs)) ?? { id, state: inputs };
  },
  delete: ({ client }, id) => {
    client.asked.push(`delete ${id}`);
    return Promise.resolve();
  },
};

export function samplePlugin(shelf: Shelf): Plugin<Shelf> {
  return { schema, configure: () => shelf, resources: { [BOX]: box } };
}

export const boxType: ObjectType = resourceSchema(schema, BOX, box);

/** A value that must be text. */
export function text(value: Value | undefined): string {
  if (typeof value !== "string") throw new Error(`expected text, not ${JSON.stringify(value)}`);
  return value;
}

/** An operation on the resource `name`. */
export function call(name = "box"): Call {
  return { signal: new AbortController().signal, name, status: () => undefined, warn: () => undefined };
}
