/** Random texts from chosen kinds of letters. */
import { randomInt } from "node:crypto";
import type { Properties } from "../core/definition.ts";

const kinds = {
  upper: "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
  lower: "abcdefghijklmnopqrstuvwxyz",
  numeric: "0123456789",
  special: "!@#$%&*()-_=+[]{}<>:?",
} as const;

/** How many of which letters a text has. */
export interface LetterPolicy {
  readonly length: number;
  readonly lower: boolean;
  readonly upper: boolean;
  readonly numeric: boolean;
  readonly special: boolean;
  readonly minLower: number;
  readonly minUpper: number;
  readonly minNumeric: number;
  readonly minSpecial: number;
  /** Instead of the usual special letters. */
  readonly overrideSpecial: string | null;
}

/** The policy that inputs ask for. */
export function letterPolicy(inputs: Properties): LetterPolicy {
  const count = (name: string): number => (typeof inputs[name] === "number" ? inputs[name] : 0);
  const wanted = (name: string): boolean => inputs[name] !== false;
  return {
    length: count("length"),
    lower: wanted("lower"),
    upper: wanted("upper"),
    // `number` is the older name of `numeric`.
    numeric: wanted("number") && wanted("numeric"),
    special: wanted("special"),
    minLower: count("minLower"),
    minUpper: count("minUpper"),
    minNumeric: count("minNumeric"),
    minSpecial: count("minSpecial"),
    overrideSpecial: typeof inputs.overrideSpecial === "string" ? inputs.overrideSpecial : null,
  };
}

/** Why no text can follow the policy. */
export function policyFaults(policy: LetterPolicy): { readonly property: string; readonly reason: string }[] {
  const least = Math.max(1, policy.minLower + policy.minUpper + policy.minNumeric + policy.minSpecial);
  if (policy.length < least)
    return [
      { property: "length", reason: `length is ${String(policy.length)}; allowed: ${String(least)} or more` },
    ];
  if (!policy.lower && !policy.upper && !policy.numeric && !policy.special)
    return [
      { property: "special", reason: "no kind of letters is left; allow lower, upper, numeric or special" },
    ];
  return [];
}

/** A text that follows the policy, every such text as likely as the others of its make-up. */
export function randomText(policy: LetterPolicy): string {
  const special = policy.overrideSpecial ?? kinds.special;
  const all = [
    policy.upper ? kinds.upper : "",
    policy.lower ? kinds.lower : "",
    policy.numeric ? kinds.numeric : "",
    policy.special ? special : "",
  ].join("");
  const least = [
    ...pick(kinds.lower, policy.minLower),
    ...pick(kinds.upper, policy.minUpper),
    ...pick(kinds.numeric, policy.minNumeric),
    ...pick(special, policy.minSpecial),
  ];
  return shuffle([...least, ...pick(all, policy.length - least.length)]).join("");
}

function pick(letters: string, count: number): string[] {
  return Array.from({ length: count }, () => letters.charAt(randomInt(letters.length)));
}

function shuffle(letters: string[]): string[] {
  for (let last = letters.length - 1; last > 0; last--) {
    const other = randomInt(last + 1);
    [letters[last], letters[other]] = [letters[other] ?? "", letters[last] ?? ""];
  }
  return letters;
}
