/** A tool that a step found or brought. */
export interface Found {
  readonly version: string;
  /** Where it came from: a path, a Debian package, a registry. */
  readonly origin: string;
}

/** What a step gets from the runner. */
export interface StepContext {
  /** Aborted when another step failed. */
  readonly signal: AbortSignal;
  /** One line about what is going on; shown with the step's name. */
  readonly report: (message: string) => void;
}

/** One thing that a machine needs, and how to bring it. Steps are idempotent. */
export interface Step {
  readonly name: string;
  /** Steps that must have finished before `install`. */
  readonly needs: readonly string[];
  /** What is there, `undefined` where it is missing or out of date. Changes nothing and is quick. */
  readonly check: () => Promise<Found | undefined>;
  /** The part of the installation that needs no other step: it starts at once. @default nothing */
  readonly prepare?: (context: StepContext) => Promise<void>;
  readonly install: (context: StepContext) => Promise<Found>;
}
