/** postgresql:index/defaultPrivileges:DefaultPrivileges */
import type { Found, Properties, ResourceType } from "../core/definition.ts";
import { isState, STATE } from "./faults.ts";
import { unlessGone } from "./located.ts";
import { asMemberOf } from "./membership.ts";
import { isHeld, privilegeFaults } from "./privileges.ts";
import type { Operation, Server, Session } from "./server.ts";
import { settled } from "./settled.ts";
import { identifier } from "./sql.ts";
import { text, texts, type Fault } from "./values.ts";

/** `defaclobjtype` of each kind of object. */
const KINDS: Readonly<Record<string, string>> = {
  table: "r",
  sequence: "S",
  function: "f",
  routine: "f",
  type: "T",
  schema: "n",
};

export const defaultPrivileges: ResourceType<Server> = {
  sets: ["privileges"],
  defaults: { withGrantOption: false },
  deleteBeforeReplace: true, // the new rule is the same to PostgreSQL as the old one
  validate,
  create: apply,
  read: (context, id, state) => {
    if (text(state.role) === "") {
      throw new Error(`${id}: default privileges cannot be imported; create them, which changes nothing`);
    }
    return find(context, state);
  },
  update: (context, _, __, inputs) => apply(context, inputs),
  delete: remove,
};

function validate(inputs: Properties): Fault[] {
  const faults = privilegeFaults(Object.keys(KINDS), inputs);
  if (inputs.objectType === "schema" && text(inputs.schema) !== "") {
    faults.push({ property: "schema", reason: 'has no meaning with objectType "schema": leave it out' });
  }
  if (inputs.withGrantOption === true && text(inputs.role).toLowerCase() === "public") {
    faults.push({
      property: "withGrantOption",
      reason: 'PostgreSQL lets role "public" grant nothing to others',
    });
  }
  return faults;
}

async function apply(context: Operation, inputs: Properties): Promise<Found> {
  const { database, role, owner, privileges, objectType, withGrantOption } = inputs;
  await context.client.change(context, text(database), (session) =>
    asMemberOf(session, [text(owner)], async () => {
      await revoke(session, inputs); // in the same transaction: what stays is never missing
      if (texts(privileges).length === 0) return;
      const granted = `GRANT ${texts(privileges).join(", ")} ON ${text(objectType).toUpperCase()}S`;
      const option = withGrantOption === true ? " WITH GRANT OPTION" : "";
      await session.query(`${alter(inputs)} ${granted} TO ${identifier(text(role))}${option}`);
    }),
  );
  return settled(idOf(inputs), inputs, () => find(context, inputs));
}

async function revoke(session: Session, { role, objectType, ...rest }: Properties): Promise<void> {
  const kind = `${text(objectType).toUpperCase()}S`;
  await session.query(`${alter(rest)} REVOKE ALL ON ${kind} FROM ${identifier(text(role))}`);
}

function alter({ owner, schema }: Properties): string {
  const where = text(schema) === "" ? "" : ` IN SCHEMA ${identifier(text(schema))}`;
  return `ALTER DEFAULT PRIVILEGES FOR ROLE ${identifier(text(owner))}${where}`;
}

interface Row {
  readonly version: number;
  readonly privileges: readonly string[];
}

/** No row where the role, the owner or the schema is gone. */
const SELECT = `SELECT current_setting('server_version_num')::int AS version,
    (SELECT coalesce(array_agg(DISTINCT privilege_type), '{}')
       FROM pg_default_acl, aclexplode(defaclacl)
       WHERE defaclrole = owner.oid AND defaclnamespace = place.oid AND defaclobjtype = $4
         AND grantee = holder.oid) AS privileges
  FROM (SELECT oid FROM pg_roles WHERE rolname = $1) AS owner,
    (SELECT oid FROM pg_roles WHERE rolname = $2 UNION ALL SELECT 0 WHERE $2 = 'public') AS holder,
    (SELECT oid FROM pg_namespace WHERE nspname = $3 UNION ALL SELECT 0 WHERE $3 = '') AS place`;

async function find(context: Operation, state: Properties): Promise<Found | undefined> {
  const { database, owner, role, schema, objectType } = state;
  const type = text(objectType);
  const names = [text(owner), text(role), text(schema), KINDS[type]];
  const rows = await unlessGone(
    context.client.read(context, text(database), (session) => session.query<Row>(SELECT, names)),
  );
  const row = rows?.[0];
  const held = row?.privileges ?? [];
  const wanted = texts(state.privileges);
  if (row === undefined || (held.length === 0 && wanted.length > 0)) return undefined;
  const privileges = isHeld(held, wanted, type, row.version) ? wanted : [...held];
  return { id: idOf(state), state: { ...state, privileges } };
}

async function remove(context: Operation, _: string, state: Properties): Promise<void> {
  const { client } = context;
  const gone = client.change(context, text(state.database), (session) =>
    asMemberOf(session, [text(state.owner)], () => revoke(session, state)),
  );
  try {
    await unlessGone(gone);
  } catch (error) {
    if (!isState(error, STATE.noSuchObject, STATE.noSuchSchema)) throw error; // gone with a role or the schema
  }
}

function idOf({ role, database, schema, owner, objectType }: Properties): string {
  const place = text(schema) === "" ? "noschema" : text(schema);
  return [text(role), text(database), place, text(owner), text(objectType)].join("_");
}
