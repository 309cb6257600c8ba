/** Writing statements: names and texts that come from a program are never put into one unquoted. */
import pg from "pg";

/** A name, quoted. */
export function identifier(name: string): string {
  return pg.escapeIdentifier(name);
}

/** Names, quoted, with commas. */
export function identifiers(names: readonly string[]): string {
  return names.map(identifier).join(", ");
}

/** A text, quoted; for statements that take no parameters, which are all but SELECT and its like. */
export function literal(text: string): string {
  return pg.escapeLiteral(text);
}
