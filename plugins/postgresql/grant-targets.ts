/** What privileges can be granted on: how PostgreSQL is told, and where it keeps them. */
import type { Properties } from "../core/definition.ts";
import { identifier, identifiers } from "./sql.ts";
import { text, texts } from "./values.ts";

/** One kind of object (`objectType` of a grant). */
export interface Target {
  /** It is in a schema, which a grant must name. */
  readonly inSchema: boolean;
  /** How many `objects` a grant may name. */
  readonly objects: "none" | "one" | "any";
  /** What follows ON in GRANT and REVOKE. */
  on(grant: Properties): string;
  /** Rows `name`, `acl` of the objects that `given` says: its `schema`, `objects` and `columns`. */
  readonly catalogue: string;
}

const one = (grant: Properties): string => identifier(texts(grant.objects)[0] ?? "");

const database: Target = {
  inSchema: false,
  objects: "none",
  on: (grant) => `DATABASE ${identifier(text(grant.database))}`,
  catalogue: "SELECT datname AS name, datacl AS acl FROM pg_database WHERE datname = current_database()",
};

const schema: Target = {
  inSchema: true,
  objects: "none",
  on: (grant) => `SCHEMA ${identifier(text(grant.schema))}`,
  catalogue: "SELECT nspname AS name, nspacl AS acl FROM pg_namespace, given WHERE nspname = given.schema",
};

const foreignDataWrapper: Target = {
  inSchema: false,
  objects: "one",
  on: (grant) => `FOREIGN DATA WRAPPER ${one(grant)}`,
  catalogue:
    "SELECT fdwname AS name, fdwacl AS acl FROM pg_foreign_data_wrapper, given WHERE fdwname = ANY(objects)",
};

const foreignServer: Target = {
  inSchema: false,
  objects: "one",
  on: (grant) => `FOREIGN SERVER ${one(grant)}`,
  catalogue:
    "SELECT srvname AS name, srvacl AS acl FROM pg_foreign_server, given WHERE srvname = ANY(objects)",
};

const column: Target = {
  inSchema: true,
  objects: "one",
  on: (grant) => `TABLE ${identifier(text(grant.schema))}.${one(grant)}`,
  catalogue: `SELECT attname AS name, attacl AS acl FROM given, pg_attribute
      JOIN pg_class ON attrelid = pg_class.oid JOIN pg_namespace ON relnamespace = pg_namespace.oid
    WHERE nspname = given.schema AND relname = ANY(objects) AND attname = ANY(columns)`,
};

/** Objects of a schema: those that are named, or all. */
function inSchema(word: string, catalogue: string): Target {
  return {
    inSchema: true,
    objects: "any",
    on: (grant) => {
      const within = identifier(text(grant.schema));
      const named = texts(grant.objects).map((each) => `${within}.${quoteRoutine(each)}`);
      return named.length > 0 ? `${word} ${named.join(", ")}` : `ALL ${word}S IN SCHEMA ${within}`;
    },
    catalogue,
  };
}

function relations(word: string, kind: string): Target {
  return inSchema(
    word,
    `SELECT relname AS name, relacl AS acl FROM given, pg_class JOIN pg_namespace ON relnamespace = pg_namespace.oid
     WHERE nspname = given.schema AND relkind = '${kind}' AND (relname = ANY(objects) OR objects = '{}')`,
  );
}

function routines(word: string, kinds: string): Target {
  return inSchema(
    word,
    `SELECT proname AS name, proacl AS acl FROM given, pg_proc JOIN pg_namespace ON pronamespace = pg_namespace.oid
     WHERE nspname = given.schema AND prokind = ANY('{${kinds}}') AND (proname = ANY(objects) OR objects = '{}')`,
  );
}

export const TARGETS: Readonly<Record<string, Target>> = {
  database,
  function: routines("FUNCTION", "f,a,w"),
  procedure: routines("PROCEDURE", "p"),
  routine: routines("ROUTINE", "f,a,w,p"),
  schema,
  sequence: relations("SEQUENCE", "S"),
  table: relations("TABLE", "r"),
  foreign_data_wrapper: foreignDataWrapper,
  foreign_server: foreignServer,
  column,
};

/** A routine may bear the types of its arguments: only its name is quoted, and only types may follow. */
const ROUTINE = /^([^(]+)(\([\w\s,."[\]]*\))$/;

function quoteRoutine(name: string): string {
  const [, base, types] = ROUTINE.exec(name) ?? [];
  return base === undefined || types === undefined ? identifier(name) : identifier(base) + types;
}

/** Of a column grant: the columns in brackets after the privileges. */
export function columnsOf(grant: Properties): string {
  const columns = texts(grant.columns);
  return columns.length > 0 ? ` (${identifiers(columns)})` : "";
}
