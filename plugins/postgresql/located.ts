/** What lives in one database of the server, and is known by `<database>.<name>`. */
import type { Properties } from "../core/definition.ts";
import { isState, STATE } from "./faults.ts";
import type { Operation } from "./server.ts";
import { text } from "./values.ts";

export interface Location {
  readonly database: string;
  readonly name: string;
  readonly id: string;
}

/** Where inputs or a state say it is; the provider's database is meant where they name none. */
export function locate({ client }: Operation, properties: Properties): Location {
  const database = databaseOf(client.settings.database, properties);
  const name = text(properties.name);
  return { database, name, id: `${database}.${name}` };
}

/** Where the state says it is, or on import the ID. */
export function locateKnown(context: Operation, id: string, state: Properties): Location {
  if (text(state.name) !== "") return locate(context, state);
  const [database, name, ...rest] = id.split(".");
  if (database === undefined || name === undefined || database === "" || name === "" || rest.length > 0) {
    throw new Error(`ID "${id}" is not of the form <database>.<name>`);
  }
  return { database, name, id };
}

function databaseOf(byDefault: string, { database }: Properties): string {
  return text(database) === "" ? byDefault : text(database);
}

/** Waits for work in a database; `undefined` where that is gone, and with it all that was in it. */
export async function unlessGone<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isState(error, STATE.noSuchDatabase)) return undefined;
    throw error;
  }
}
