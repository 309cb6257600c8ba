import type { z } from "zod";

/** Notes what is wrong with one setting; the checks that follow still run, so that every fault is named at once. */
export function addFault(context: z.core.ParsePayload, path: readonly PropertyKey[], allowed: string): void {
  context.issues.push({
    code: "custom",
    path: [...path],
    message: allowed,
    input: undefined,
    continue: true,
  });
}

/** Refuses each item of a list whose `key` says what one before it says. */
export function unique<Key extends string>(
  key: Key,
  allowed: string,
): (context: z.core.ParsePayload<readonly Readonly<Record<Key, unknown>>[]>) => void {
  return (context) => {
    const values = context.value.map((item) => item[key]);
    values.forEach((value, index) => {
      if (values.indexOf(value) < index) addFault(context, [index, key], allowed);
    });
  };
}
