import fc from "fast-check";
import type { Value } from "../../../plugins/core/definition.ts";
import type { ObjectType, Type } from "../../../plugins/core/schema.ts";
import { equivalent, sortSet } from "../../../plugins/core/sets.ts";
import { boxType } from "./sample.ts";

const text: Type = { kind: "string" };
const integer: Type = { kind: "integer" };

function elementOf(name: string): ObjectType {
  const type = boxType.byName.get(name)?.type;
  if (type === undefined || !("element" in type) || type.element.kind !== "object") throw new Error(name);
  return type.element;
}

describe("sortSet", () => {
  test("keeps text by its bytes, each once", () => {
    expect(sortSet(text, ["b", "é", "a", "B", "a"])).toEqual(["B", "a", "b", "é"]);
  });

  test("keeps numbers by value", () => {
    expect(sortSet(integer, [10, 9, -1])).toEqual([-1, 9, 10]);
  });

  test("keeps objects by their properties in Terraform's order, as text", () => {
    const port = (number: number, protocol: string): Value => ({ comment: null, number, protocol });
    const sorted = sortSet(elementOf("ports"), [port(9, "tcp"), port(10, "udp"), port(10, "tcp")]);
    // "10" stands before "9": numbers are compared as text here, as go-cty does.
    expect(sorted).toEqual([port(10, "tcp"), port(10, "udp"), port(9, "tcp")]);
  });

  test("quotes text in objects as Go does", () => {
    const port = (comment: string): Value => ({ comment, number: 1, protocol: "tcp" });
    // A quoted newline is `\n`, which stands before the letter `a`; unquoted it would stand before the blank.
    expect(sortSet(elementOf("ports"), [port("a"), port("\n"), port(" ")])).toEqual(
      [" ", "\n", "a"].map(port),
    );
  });

  test("does not depend on the order it is given", () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (values) => {
        expect(sortSet(text, [...values].reverse())).toEqual(sortSet(text, values));
        expect(sortSet(text, sortSet(text, values))).toEqual(sortSet(text, values));
      }),
    );
  });
});

describe("equivalent", () => {
  const set: Type = { kind: "set", element: text, single: false, block: false };
  const list: Type = { kind: "list", element: text, single: false, block: false };

  test.each<[string, Type, Value, Value, boolean]>([
    ["null and empty", list, null, [], true],
    ["null and false", { kind: "boolean" }, null, false, true],
    ["zero and one", integer, 0, 1, false],
    ["a set in another order", set, ["a", "b"], ["b", "a"], true],
    ["a list in another order", list, ["a", "b"], ["b", "a"], false],
    ["sets with different repetitions", set, ["a", "a"], ["a", "b"], false],
    ["maps with the same keys", { kind: "map", element: text }, { a: "1" }, { a: "1" }, true],
    ["maps with another value", { kind: "map", element: text }, { a: "1" }, { a: "2" }, false],
  ])("%s", (_name, type, a, b, expected) => {
    expect(equivalent(type, a, b)).toBe(expected);
    expect(equivalent(type, b, a)).toBe(expected);
  });
});
