/** Where the built-in plugins differ from the official ones on purpose. The parity test fails on any other place. */

export interface MeantDifference {
  /** `<moment> <urn> <path>` as the parity test prints it, `*` standing for anything. */
  readonly pattern: string;
  readonly reason: string;
}

export const meantDifferences: readonly MeantDifference[] = [
  {
    pattern: "* random:index/randomInteger:RandomInteger::integer *",
    reason: "a seed gives another number than Go's generator would; one that is in the state stays",
  },
];
