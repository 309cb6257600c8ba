import fc from "fast-check";
import { UNKNOWN, type Properties } from "../../../plugins/core/definition.ts";
import { raise } from "../../../plugins/core/raw.ts";
import { openSecrets } from "../../../plugins/core/secrets.ts";
import { metaOf, outputs, raiseFound, readState } from "../../../plugins/core/state.ts";
import { DELTA } from "../../../plugins/core/values.ts";
import { box, boxType } from "./sample.ts";

function written(value: Properties): Properties {
  return outputs(box, boxType, "box-1", raise(boxType, value), undefined);
}

function delta(value: Properties): unknown {
  return openSecrets(written(value)[DELTA] ?? null);
}

describe("what is remembered of Terraform's form", () => {
  test("tells lists, maps and objects apart, and names that are not Pulumi's in snake case", () => {
    expect(delta({ tags: ["a"], notes: { n: "1" }, ports: [{ number: 1 }], limits: { names: [] } })).toEqual({
      obj: {
        ps: {
          limits: { plu: { i: { obj: { ps: { names: { arr: {} } } } } } },
          notes: { map: {} },
          ports: { arr: { el: { "0": { obj: {} } } } },
          tags: { arr: {} },
        },
        renamed: { ports: "port" },
      },
    });
  });

  test("keeps as a secret what the plugin framework leaves out", () => {
    const framework = { ...box, framework: true };
    const state = outputs(framework, boxType, "1", raise(boxType, { size: 1 }), undefined);
    expect(state).not.toHaveProperty("colour");
    expect(state[DELTA]).toMatchObject({
      obj: {
        ps: {
          colour: {
            "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
            value: { replace: { raw: null } },
          },
        },
      },
    });
  });

  test("is nothing while a value is unknown", () => {
    expect(written({ size: UNKNOWN })).not.toHaveProperty(DELTA);
  });

  test("leads back to it", () => {
    const state = fc.record({
      size: fc.integer(),
      tags: fc.option(fc.array(fc.string())),
      notes: fc.option(fc.dictionary(fc.string(), fc.string())),
      ports: fc.array(fc.record({ number: fc.integer(), comment: fc.option(fc.string()) })),
      limits: fc.option(fc.record({ memory: fc.integer(), names: fc.option(fc.array(fc.string())) })),
    });
    fc.assert(
      fc.property(state, (value) => {
        const raw = raise(boxType, value);
        expect(readState(boxType, outputs(box, boxType, "1", raw, undefined))).toEqual(raw);
      }),
    );
  });
});

describe("a single object that the service may set", () => {
  const owned = { ...box, computed: ["limits"] };

  test("is null after a create and empty after a read", () => {
    const found = { id: "1", state: { limits: null } };
    const limits = boxType.byName.get("limits");
    const type = {
      ...boxType,
      properties:
        limits === undefined
          ? []
          : [{ ...limits, type: { ...limits.type, block: false } as typeof limits.type }],
    };
    const made = outputs(owned, type, "1", raiseFound(type, found, false), undefined);
    expect(made[DELTA]).toEqual({ obj: {} });
    const read = outputs(owned, type, "1", raiseFound(type, found, true), undefined);
    expect(read[DELTA]).toEqual({ obj: { ps: { limits: { plu: { i: {} } } } } });
    expect(readState(type, made)).toEqual({ limits: null });
    expect(readState(type, read)).toEqual({ limits: [] });
  });
});

test("metaOf writes the schema's version and timeouts as Terraform does, or nothing", () => {
  const timeouts = "e2bfb730-ecaa-11e6-8f88-34363bc7c4c0";
  expect(metaOf({ ...box, meta: {} })).toBeUndefined();
  expect(metaOf({ ...box, meta: { schemaVersion: 1 } })).toBe('{"schema_version":"1"}');
  expect(metaOf({ ...box, meta: { timeouts: { update: 2, create: 1 } } })).toBe(
    `{"${timeouts}":{"create":1,"update":2}}`,
  );
  expect(metaOf({ ...box, meta: { timeouts: { create: 1 } } }, { operation: "create", seconds: 3 })).toBe(
    `{"${timeouts}":{"create":3000000000}}`,
  );
});
