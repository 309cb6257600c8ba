import { Secret } from "@pulumi/policy";
import { ifKnown, unknownCheckingProxy } from "./unknown.ts";

/** A text among a resource's inputs. */
export interface Text {
  /** Such as `uploads[0].content`. */
  readonly path: string;
  /** Empty while it is known only after an update. */
  readonly value: string;
  /** Whether it, or what it is part of, is marked as a secret: encrypted in the state, masked in what is shown. */
  readonly isSecret: boolean;
  /** Whether the mark is its own: in a list that is marked as a whole, not all is secret. */
  readonly isMarkedItself: boolean;
}

/** All texts of a resource's inputs, in which `Secret` stands for the mark. */
export function textsOf(inputs: unknown): Text[] {
  return within(inputs, "", "open");
}

function within(value: unknown, path: string, mark: "open" | "around" | "itself"): Text[] {
  if (value instanceof Secret) return within(value.value, path, "itself");
  if (typeof value === "string") {
    const isMarkedItself = mark === "itself";
    return [{ path, value: known(value), isSecret: mark !== "open", isMarkedItself }];
  }
  const inner = mark === "open" ? "open" : "around";
  if (Array.isArray(value)) return value.flatMap((each, index) => within(each, `${path}[${index}]`, inner));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) =>
    within(each, path === "" ? key : `${path}.${key}`, inner),
  );
}

/** A value that is not known is a text of its own, which `@pulumi/policy` knows. */
function known(value: string): string {
  return ifKnown(() => unknownCheckingProxy({ value }).value) ?? "";
}

/** By what name a proxy of `@pulumi/policy` gives what it stands for. */
const TARGET = "__getSpecialProxyTarget";

/**
 * What stands behind the inputs that a remediation is given: they hide the marks, which a rule about them must see.
 *
 * @throws when they are made otherwise, so that a new `@pulumi/policy` does not silence the rules
 */
export function unveiled(props: Readonly<Record<string, unknown>>): unknown {
  const plain = target(target(props));
  if (typeof plain !== "object" || plain === null)
    throw new Error("@pulumi/policy gives inputs in another form; policy/marks.ts must be adapted to it");
  return plain;
}

function target(proxy: unknown): unknown {
  return typeof proxy === "object" && proxy !== null ? (proxy as Record<string, unknown>)[TARGET] : undefined;
}
