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
