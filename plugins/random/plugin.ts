/** The built-in `random` plugin: values that stay in the state until a keeper or an input changes. */
import { createHash, randomBytes, randomInt, randomUUID } from "node:crypto";
import bcrypt from "bcryptjs";
import type { Found, PackageSchema, Plugin, Properties, ResourceType } from "../core/definition.ts";
import { letterPolicy, policyFaults, randomText } from "./letters.ts";
import { petName } from "./pets.ts";
import recorded from "./schema.json" with { type: "json" };

/** The cost the official plugin hashes passwords with. */
const BCRYPT_COST = 10;

/** What differs between the types: how a value is made, and how one that exists is taken over. */
interface Generator extends Pick<ResourceType<null>, "meta" | "defaults" | "validate" | "withoutIdOutput"> {
  readonly make: (inputs: Properties) => Found | Promise<Found>;
  /** The value whose import ID is given. Absent where it cannot be imported. */
  readonly adopt?: (id: string) => Found | Promise<Found>;
}

const letterDefaults = {
  lower: true,
  upper: true,
  special: true,
  minLower: 0,
  minUpper: 0,
  minNumeric: 0,
  minSpecial: 0,
};

const generators: Readonly<Record<string, Generator>> = {
  "random:index/randomPassword:RandomPassword": {
    meta: { schemaVersion: 3 },
    defaults: letterDefaults,
    validate: (inputs) => policyFaults(letterPolicy(inputs)),
    make: (inputs) => password(inputs, randomText(letterPolicy(inputs))),
    adopt: (text) => password(adopted(text), text),
  },
  "random:index/randomString:RandomString": {
    meta: { schemaVersion: 2 },
    defaults: letterDefaults,
    validate: (inputs) => policyFaults(letterPolicy(inputs)),
    make: (inputs) => string(inputs, randomText(letterPolicy(inputs))),
    adopt: (text) => string(adopted(text), text),
  },
  "random:index/randomId:RandomId": {
    make: (inputs) => identifier(inputs, randomBytes(Number(inputs.byteLength))),
    adopt: (id) => {
      const comma = id.lastIndexOf(",");
      const bytes = Buffer.from(id.slice(comma + 1), "base64url");
      const prefix = comma < 0 ? {} : { prefix: id.slice(0, comma) };
      return identifier({ byteLength: bytes.length, ...prefix }, bytes);
    },
  },
  "random:index/randomUuid:RandomUuid": {
    make: (inputs) => uuid(inputs, randomUUID()),
    adopt: (id) => uuid({}, id),
  },
  "random:index/randomBytes:RandomBytes": {
    withoutIdOutput: true,
    make: (inputs) => bytes(inputs, randomBytes(Number(inputs.length))),
    adopt: (id) => {
      const value = Buffer.from(id, "base64");
      return bytes({ length: value.length }, value);
    },
  },
  "random:index/randomInteger:RandomInteger": {
    validate: ({ min, max }) =>
      typeof min === "number" && typeof max === "number" && max < min
        ? [{ property: "max", reason: `max is ${String(max)}; allowed: min (${String(min)}) or more` }]
        : [],
    make: (inputs) => integer(inputs, draw(Number(inputs.min), Number(inputs.max), inputs.seed)),
    adopt: (id) => {
      const [result, min, max, seed] = id.split(",");
      return integer(
        { min: Number(min), max: Number(max), ...(seed === undefined ? {} : { seed }) },
        Number(result),
      );
    },
  },
  "random:index/randomPet:RandomPet": {
    defaults: { length: 2, separator: "-" },
    make: (inputs) => {
      const separator = typeof inputs.separator === "string" ? inputs.separator : "-";
      const name = petName(Number(inputs.length), separator);
      const prefixed = typeof inputs.prefix === "string" ? `${inputs.prefix}${separator}${name}` : name;
      return { id: prefixed, state: inputs };
    },
  },
};

/** An existing text's inputs: all that is known is its length. */
function adopted(text: string): Properties {
  return { ...letterDefaults, length: text.length };
}

function string(inputs: Properties, result: string): Found {
  const { numeric } = letterPolicy(inputs);
  return { id: result, state: { ...inputs, number: numeric, numeric, result } };
}

async function password(inputs: Properties, result: string): Promise<Found> {
  const salt = bcrypt.genSaltSync(BCRYPT_COST).replace(/^\$2b/, "$2a");
  const bcryptHash = await bcrypt.hash(result, salt);
  return { id: "none", state: { ...string(inputs, result).state, bcryptHash } };
}

function identifier(inputs: Properties, value: Buffer): Found {
  const prefix = typeof inputs.prefix === "string" ? inputs.prefix : "";
  const hex = value.toString("hex");
  return {
    id: value.toString("base64url"),
    state: {
      ...inputs,
      b64Std: prefix + value.toString("base64"),
      b64Url: prefix + value.toString("base64url"),
      dec: prefix + BigInt(`0x${hex || "0"}`).toString(),
      hex: prefix + hex,
    },
  };
}

function uuid(inputs: Properties, result: string): Found {
  return { id: result, state: { ...inputs, result } };
}

function bytes(inputs: Properties, value: Buffer): Found {
  const base64 = value.toString("base64");
  return { id: base64, state: { ...inputs, base64, hex: value.toString("hex") } };
}

function integer(inputs: Properties, result: number): Found {
  return { id: String(result), state: { ...inputs, result } };
}

/** A seed always gives the same number, though not the one Go's generator would give. */
function draw(min: number, max: number, seed: Properties[string] | undefined): number {
  const span = max - min + 1;
  if (typeof seed !== "string" || seed === "") return min + randomInt(span);
  const digest = createHash("sha256").update(seed).digest();
  return min + Number(digest.readBigUInt64BE() % BigInt(span));
}

function resource({ make, adopt, ...shape }: Generator): ResourceType<null> {
  return {
    ...shape,
    framework: true,
    create: async (_context, inputs) => make(inputs),
    read: async (_context, id, state) => {
      if (Object.keys(state).length > 0) return { id, state: {} };
      if (adopt === undefined) throw new Error("a random pet cannot be imported; let Pulumi make a new one");
      return adopt(id);
    },
    delete: () => Promise.resolve(),
  };
}

export const plugin: Plugin<null> = {
  schema: recorded as unknown as PackageSchema,
  configure: () => null,
  resources: Object.fromEntries(
    Object.entries(generators).map(([token, generator]) => [token, resource(generator)]),
  ),
};
