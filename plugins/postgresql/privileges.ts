/** Privileges by kind of object, and when what a role holds is what a program wants. */
import { UNKNOWN, type Properties } from "../core/definition.ts";
import { text, texts, type Fault } from "./values.ts";

/** PostgreSQL manual, table 5.1. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  database: ["CREATE", "CONNECT", "TEMPORARY"],
  table: ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN"],
  sequence: ["USAGE", "SELECT", "UPDATE"],
  schema: ["CREATE", "USAGE"],
  function: ["EXECUTE"],
  procedure: ["EXECUTE"],
  routine: ["EXECUTE"],
  type: ["USAGE"],
  foreign_data_wrapper: ["USAGE"],
  foreign_server: ["USAGE"],
  column: ["SELECT", "INSERT", "UPDATE", "REFERENCES"],
};

/** Privileges that older servers do not have, with the first version that does (`server_version_num`). */
const SINCE: Readonly<Record<string, number>> = { MAINTAIN: 170_000 };

const ALL = "ALL";

/** Faults of `privileges`, and of `objectType` where it is none of `types`. What is not known yet has none. */
export function privilegeFaults(types: readonly string[], { objectType, privileges }: Properties): Fault[] {
  const type = text(objectType);
  if (type === UNKNOWN) return [];
  if (!types.includes(type)) {
    return [{ property: "objectType", reason: `is "${type}"; allowed: ${types.join(", ")}` }];
  }
  const allowed = [ALL, ...(ALLOWED[type] ?? [])];
  const wrong = texts(privileges).filter((each) => each !== UNKNOWN && !allowed.includes(each));
  return wrong.map((each) => ({
    property: "privileges",
    reason: `"${each}" is no privilege on a ${type}; allowed: ${allowed.join(", ")}`,
  }));
}

/** Whether `held` is what `wanted` says; "ALL" is all that a server of this version has for the kind of object. */
export function isHeld(
  held: readonly string[],
  wanted: readonly string[],
  type: string,
  version: number,
): boolean {
  const all = (ALLOWED[type] ?? []).filter((each) => (SINCE[each] ?? 0) <= version);
  return isSame(held, wanted) || (wanted.includes(ALL) && isSame(held, all));
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((each) => b.includes(each));
}
