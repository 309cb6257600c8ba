/** The password of a role: how it is set, and what a read makes of it. */
import type { Found, Properties } from "../core/definition.ts";
import { verifierOf, isPasswordOf } from "./scram.ts";
import type { Operation } from "./server.ts";
import { literal } from "./sql.ts";
import { isChanged, text } from "./values.ts";

/**
 * What `ALTER ROLE … WITH` has to say to get from the password of `old` to that of `next`. As with the official
 * plugin, "NULL" takes it away, and a program that no longer names one leaves it.
 */
export async function password(old: Properties, next: Properties): Promise<string[]> {
  const wanted = newPassword(old, next);
  if (wanted === "") return [];
  if (isNone(wanted)) return ["PASSWORD NULL"];
  return [`PASSWORD ${literal(await verifierOf(wanted))}`];
}

/** The password to set, "" where there is none to set; a write-only one is set when its version changes. */
function newPassword(old: Properties, next: Properties): string {
  const writeOnly = text(next.passwordWo);
  if (writeOnly !== "") return isChanged("passwordWoVersion", old, next) ? writeOnly : "";
  return isChanged("password", old, next) ? text(next.password) : "";
}

/**
 * The password after a read: the one of the state while the server's was made of it, otherwise what the server has.
 * Only superusers may see that, and only roles that log in have one to compare.
 */
export async function passwordInState(
  context: Operation,
  found: Found,
  state: Properties,
): Promise<Properties> {
  const known = text(state.password);
  const { settings } = context.client;
  if (known === "" || found.state.login !== true || !settings.superuser) return {};
  const stored = await context.client.read(context, settings.database, async (session) => {
    const [user] = await session.query<{ superuser: boolean }>(
      "SELECT rolsuper AS superuser FROM pg_roles WHERE rolname = current_user",
    );
    if (user?.superuser !== true) {
      throw new Error(
        `user "${settings.user}" is no superuser and cannot read passwords: set superuser to false in the provider`,
      );
    }
    const [row] = await session.query<{ password: string | null }>(
      "SELECT rolpassword AS password FROM pg_authid WHERE rolname = $1",
      [found.id],
    );
    return row?.password ?? "";
  });
  const isSame = stored === "" ? isNone(known) : await isPasswordOf(stored, known, found.id);
  return isSame ? {} : { password: stored };
}

/** PostgreSQL's word for no password at all. */
function isNone(password: string): boolean {
  return password.toUpperCase() === "NULL";
}
