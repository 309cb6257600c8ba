import type { PackageSchema } from "../core/definition.ts";
import recorded from "./schema.json" with { type: "json" };

/** The official schema of the postgresql package. */
export const schema = recorded as unknown as PackageSchema;
