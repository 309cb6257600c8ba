import type { Found } from "./definition.ts";

/** Something was made, then a later step failed: `found` goes into the state, so that nothing is lost. */
export class PartialError extends Error {
  public readonly found: Found;

  public constructor(message: string, found: Found) {
    super(message);
    this.name = "PartialError";
    this.found = found;
  }
}
