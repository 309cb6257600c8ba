/** Settings that a role's sessions start with: `ALTER ROLE … SET`, kept by the server as `name=value`. */
import type { Properties, Value } from "../core/definition.ts";
import { identifier, identifiers } from "./sql.ts";
import { isChanged, text, texts } from "./values.ts";

/** `rolconfig`: null where there are none. */
export type RoleSettings = readonly string[] | null;

interface Setting {
  readonly property: string;
  /** PostgreSQL's name of it. */
  readonly name: string;
  /** After `SET … TO`; "" to reset it. */
  readonly write: (value: Value) => string;
  /** `kept` is what the server has, "" where it has nothing. */
  readonly read: (kept: string) => Value;
}

const SETTINGS: readonly Setting[] = [
  {
    property: "searchPaths",
    name: "search_path",
    write: (value) => identifiers(texts(value)),
    read: (kept) => (kept === "" ? [] : kept.split(", ").map(unquote)),
  },
  timeout("statementTimeout", "statement_timeout"),
  timeout("idleInTransactionSessionTimeout", "idle_in_transaction_session_timeout"),
  {
    property: "assumeRole",
    name: "role",
    write: (value) => (text(value) === "" ? "" : identifier(text(value))),
    read: (kept) => kept,
  },
];

/** A time in milliseconds; 0 is no limit. */
function timeout(property: string, name: string): Setting {
  return {
    property,
    name,
    write: (value) => (typeof value === "number" && value !== 0 ? String(value) : ""),
    read: milliseconds,
  };
}

/** Ends of `ALTER ROLE <name>` that get a role from `old` to `next`. */
export function settingStatements(old: Properties, next: Properties): string[] {
  return SETTINGS.filter(({ property }) => isChanged(property, old, next)).map(
    ({ property, name, write }) => {
      const value = write(next[property] ?? null);
      return value === "" ? `RESET ${name}` : `SET ${name} TO ${value}`;
    },
  );
}

/** The properties that stand for a role's settings. */
export function readSettings(kept: RoleSettings): Properties {
  const values = new Map((kept ?? []).map((each) => [each.slice(0, each.indexOf("=")), each]));
  return Object.fromEntries(
    SETTINGS.map(({ property, name, read }) => [
      property,
      read(values.get(name)?.slice(name.length + 1) ?? ""),
    ]),
  );
}

const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  ms: 1,
  s: 1000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** The server keeps a time as a person wrote it, such as `5s`. */
function milliseconds(kept: string): number {
  const [, amount, unit = ""] = /^'?(\d+)\s*(\w*)'?$/.exec(kept) ?? [];
  const factor = UNITS[unit];
  return amount === undefined || factor === undefined ? 0 : Number(amount) * factor;
}

function unquote(name: string): string {
  return name.startsWith('"') && name.endsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
}
