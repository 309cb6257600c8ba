/** postgresql:index/grantRole:GrantRole */
import type { Found, Properties, ResourceType } from "../core/definition.ts";
import { isState, STATE } from "./faults.ts";
import type { Operation, Server, Session } from "./server.ts";
import { settled } from "./settled.ts";
import { identifier } from "./sql.ts";
import { text } from "./values.ts";

/** Every change replaces it: the old grant goes first, because the new one is the same to PostgreSQL. */
export const grantRole: ResourceType<Server> = {
  defaults: { withAdminOption: false },
  deleteBeforeReplace: true,
  create,
  read: (context, id, state) => {
    if (text(state.role) === "")
      throw new Error(`${id}: a grant cannot be imported; create it, which changes nothing`);
    return find(context, state);
  },
  delete: remove,
};

async function create(context: Operation, inputs: Properties): Promise<Found> {
  const { client } = context;
  await client.change(context, client.settings.database, async (session) => {
    await revoke(session, inputs); // a grant with the admin option would stay one
    const option = inputs.withAdminOption === true ? " WITH ADMIN OPTION" : "";
    await session.query(
      `GRANT ${identifier(text(inputs.grantRole))} TO ${identifier(text(inputs.role))}${option}`,
    );
  });
  return settled(idOf(inputs), inputs, () => find(context, inputs));
}

async function find(
  context: Operation,
  { role, grantRole: granted }: Properties,
): Promise<Found | undefined> {
  const { client } = context;
  const [row] = await client.read(context, client.settings.database, (session) =>
    session.query<{ withAdminOption: boolean | null }>(
      // One row per grantor since PostgreSQL 16; null where there is none.
      `SELECT bool_or(admin_option) AS "withAdminOption" FROM pg_auth_members
       WHERE pg_get_userbyid(member) = $1 AND pg_get_userbyid(roleid) = $2`,
      [role, granted],
    ),
  );
  const withAdminOption = row?.withAdminOption ?? undefined;
  if (withAdminOption === undefined) return undefined;
  const state: Properties = { role: role ?? null, grantRole: granted ?? null, withAdminOption };
  return { id: idOf(state), state };
}

async function remove(context: Operation, _: string, state: Properties): Promise<void> {
  const { client } = context;
  try {
    await client.change(context, client.settings.database, (session) => revoke(session, state));
  } catch (error) {
    if (!isState(error, STATE.noSuchObject)) throw error; // gone with one of the roles
  }
}

async function revoke(session: Session, { role, grantRole: granted }: Properties): Promise<void> {
  await session.query(`REVOKE ${identifier(text(granted))} FROM ${identifier(text(role))}`);
}

function idOf({ role, grantRole: granted, withAdminOption }: Properties): string {
  return [text(role), text(granted), String(withAdminOption === true)].join("_");
}
