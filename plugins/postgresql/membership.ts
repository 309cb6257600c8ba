/** Membership in roles: who is in which, and being in one for a moment. */
import type { Session } from "./server.ts";
import { identifier } from "./sql.ts";

/** Roles that `member` has been granted. */
export async function rolesOf(session: Session, member: string): Promise<string[]> {
  const rows = await session.query<{ name: string }>(
    `SELECT DISTINCT granted.rolname::text AS name FROM pg_auth_members
     JOIN pg_roles granted ON granted.oid = roleid JOIN pg_roles holder ON holder.oid = member
     WHERE holder.rolname = $1`,
    [member],
  );
  return rows.map(({ name }) => name);
}

/**
 * Works as a member of `roles`. PostgreSQL lets only members give something to a role or change what it owns; a
 * superuser is as good as one, everybody else is made one until the work is done.
 */
export async function asMemberOf<T>(
  session: Session,
  roles: readonly string[],
  work: () => Promise<T>,
): Promise<T> {
  const lacking = await session.query<{ role: string; user: string }>(
    `SELECT rolname::text AS role, current_user::text AS user FROM pg_roles
     WHERE rolname = ANY($1) AND NOT rolsuper AND NOT pg_has_role(current_user, oid, 'USAGE')
       AND NOT EXISTS (SELECT FROM pg_auth_members WHERE roleid = oid AND member = current_user::regrole)`,
    [roles],
  );
  const leave = async (): Promise<void> => {
    for (const { role, user } of lacking) {
      await session.query(`REVOKE ${identifier(role)} FROM ${identifier(user)}`);
    }
  };
  for (const { role, user } of lacking)
    await session.query(`GRANT ${identifier(role)} TO ${identifier(user)}`);
  try {
    const result = await work();
    await leave();
    return result;
  } catch (error) {
    await leave().catch(() => undefined); // in a transaction that failed, its end takes the grants back
    throw error;
  }
}
