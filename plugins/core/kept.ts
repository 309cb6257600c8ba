/** What an operation leaves in the state, also when it fails half-way. */
import type { Found, Properties, ResourceType } from "./definition.ts";
import { PartialError } from "./errors.ts";
import { settleApplied } from "./plan.ts";
import type { ObjectType } from "./schema.ts";
import { outputs, raiseFound } from "./state.ts";
import { isKnown, pick } from "./values.ts";

/** A resource as the engine keeps it. */
export interface Kept {
  readonly id: string;
  readonly outputs: Properties;
}

/** Something was made or changed, then a step failed: `kept` goes into the state. */
export class HalfMade extends Error {
  public readonly kept: Kept;

  public constructor(message: string, kept: Kept) {
    super(message);
    this.name = "HalfMade";
    this.kept = kept;
  }
}

/** What a create or an update leaves: what the handler found, and where it said nothing what was planned. */
export function applied<Client>(
  definition: ResourceType<Client>,
  type: ObjectType,
  found: Found,
  planned: Properties,
  meta: string | undefined,
): Kept {
  const untold = Object.fromEntries(
    Object.entries(planned).map(([name, value]) => [name, isKnown(value) ? value : null]),
  );
  const raw = settleApplied(
    type,
    { ...untold, ...pick(raiseFound(type, found, false), found.state) },
    planned,
  );
  return { id: found.id, outputs: outputs(definition, type, found.id, raw, meta) };
}

/** Runs a handler; what it made before it failed is kept. */
export async function keeping(keep: (found: Found) => Kept, run: () => Promise<Found>): Promise<Kept> {
  try {
    return keep(await run());
  } catch (error) {
    if (!(error instanceof PartialError)) throw error;
    throw new HalfMade(error.message, keep(error.found));
  }
}
