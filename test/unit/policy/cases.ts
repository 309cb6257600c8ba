import { TOKENS, type Rule, type Token } from "../../../policy/rule.ts";

/** A resource, unprotected and of stack production unless it says otherwise. */
export interface Sample {
  readonly inputs: object;
  readonly stack?: string;
  readonly name?: string;
  readonly isProtected?: boolean;
}

/** By rule: resources that pass, and resources that do not with a part of what is said of each. */
export type Cases = Readonly<
  Record<
    string,
    {
      readonly of: Token;
      readonly passes: readonly Sample[];
      readonly refused: readonly [sample: Sample, said: string][];
    }
  >
>;

/** Tests rules by their cases; each must have some. */
export function testRules(rules: readonly Rule[], cases: Cases): void {
  test("every rule is tested", () => {
    expect(Object.keys(cases)).toEqual(rules.map(({ name }) => name));
  });

  describe.each(rules)("$name", ({ name, tokens, check }) => {
    const { of, passes, refused } = cases[name] ?? { of: "container", passes: [], refused: [] };
    const faultsOf = ({
      inputs,
      stack = "production",
      name = "thing",
      isProtected = false,
    }: Sample): string => check({ stack, name, isProtected, inputs }).join("\n");

    test("is about the right type, and has cases of both kinds", () => {
      expect(tokens).toContain(TOKENS[of]);
      expect(Math.min(passes.length, refused.length)).toBeGreaterThan(0);
    });

    test.each(passes.map((sample, index) => [index, sample] as const))("passes sample %i", (_, sample) => {
      expect(faultsOf(sample)).toBe("");
    });

    test.each(refused.map(([sample, said]) => [said, sample] as const))("refuses: %s", (said, sample) => {
      expect(faultsOf(sample)).toContain(said);
    });
  });
}

/** Without some of its inputs. */
export function without<Inputs extends object>(inputs: Inputs, ...keys: (keyof Inputs)[]): object {
  return Object.fromEntries(Object.entries(inputs).filter(([key]) => !keys.includes(key as keyof Inputs)));
}

/** Value that the engine sends for a text that is not known yet (sdk/go/common/resource/plugin/rpc.go). */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
