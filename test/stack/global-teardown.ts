import { removeThrowaway, type Throwaway } from "./throwaway.ts";

/** Names the run's stack even when it never came up. */
export const THROWAWAY_VARIABLE = "SSO_TEST_THROWAWAY";

/** Leaves the host as it was, whatever became of the stack. */
export default function teardown(): void {
  const throwaway = process.env[THROWAWAY_VARIABLE];
  if (throwaway !== undefined) removeThrowaway(JSON.parse(throwaway) as Throwaway);
}
