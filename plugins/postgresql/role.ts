/** postgresql:index/role:Role */
import type { Found, Properties, ResourceType, Value } from "../core/definition.ts";
import { isState, STATE } from "./faults.ts";
import { asMemberOf, rolesOf } from "./membership.ts";
import { password, passwordInState } from "./role-password.ts";
import { readSettings, type RoleSettings, settingStatements } from "./role-settings.ts";
import type { Operation, Session } from "./server.ts";
import { settled } from "./settled.ts";
import { identifier, literal } from "./sql.ts";
import { atLeast, isChanged, text, texts, type Fault } from "./values.ts";

/** Attributes that are on or off, with PostgreSQL's word for on. */
const FLAGS = {
  superuser: "SUPERUSER",
  createDatabase: "CREATEDB",
  createRole: "CREATEROLE",
  inherit: "INHERIT",
  login: "LOGIN",
  replication: "REPLICATION",
  bypassRowLevelSecurity: "BYPASSRLS",
} as const;

/** What PostgreSQL makes of `CREATE ROLE` without options. */
const PLAIN: Properties = { inherit: true, connectionLimit: -1, validUntil: "infinity" };

export const role: ResourceType<Operation["client"]> = {
  autoName: "name",
  sets: ["roles"],
  renamed: { searchPaths: "search_path" },
  defaults: {
    ...Object.fromEntries(Object.keys(FLAGS).map((flag) => [flag, flag === "inherit"])),
    connectionLimit: -1,
    encryptedPassword: true,
    skipDropRole: false,
    skipReassignOwned: false,
    validUntil: "infinity",
  },
  validate,
  // Written, never read: what is in the program and what is in the state cannot be compared.
  suppress: (property) => property === "passwordWo",
  create,
  read,
  update,
  delete: remove,
};

/** The least value of each number. */
const LEAST = { connectionLimit: -1, statementTimeout: 0, idleInTransactionSessionTimeout: 0 };

function validate(inputs: Properties): Fault[] {
  const has = (name: string): boolean => text(inputs[name]) !== "";
  const faults = Object.entries(LEAST).flatMap(([name, least]) => atLeast(least, name, inputs));
  const fault = (property: string, reason: string): void => void faults.push({ property, reason });
  if (has("password") && has("passwordWo")) fault("passwordWo", "give either password or passwordWo");
  if (has("passwordWo") !== has("passwordWoVersion")) {
    fault("passwordWoVersion", "passwordWo and passwordWoVersion need each other");
  }
  if (inputs.encryptedPassword === false) {
    fault("encryptedPassword", "PostgreSQL keeps no plain passwords since version 10");
  }
  if (texts(inputs.searchPaths).some((each) => each.includes(", "))) {
    fault("searchPaths", "holds several schemas in one text; give each its own");
  }
  return faults;
}

async function create(context: Operation, inputs: Properties): Promise<Found> {
  const { client } = context;
  const name = text(inputs.name);
  const options = [...roleOptions(PLAIN, inputs), ...(await password({}, inputs))];
  await client.change(context, client.settings.database, async (session) => {
    await session.query(["CREATE ROLE", identifier(name), ...options].join(" "));
    await applyRest(session, name, {}, inputs);
  });
  return settled(name, inputs, () => find(context, name));
}

async function update(context: Operation, id: string, state: Properties, inputs: Properties): Promise<Found> {
  const { client } = context;
  const name = text(inputs.name);
  const options = [...roleOptions(state, inputs), ...(await password(state, inputs))].join(" ");
  await client.change(context, client.settings.database, async (session) => {
    if (name !== id) await session.query(`ALTER ROLE ${identifier(id)} RENAME TO ${identifier(name)}`);
    if (options !== "") await session.query(`ALTER ROLE ${identifier(name)} WITH ${options}`);
    await applyRest(session, name, state, inputs);
  });
  return settled(name, inputs, () => find(context, name));
}

/** What `ALTER ROLE … WITH` has to say to get from `old` to `next`. */
function roleOptions(old: Properties, next: Properties): string[] {
  const flags = Object.entries(FLAGS)
    .filter(([flag]) => isChanged(flag, old, next))
    .map(([flag, word]) => (next[flag] === true ? word : `NO${word}`));
  const limit = isChanged("connectionLimit", old, next)
    ? [`CONNECTION LIMIT ${Number(next.connectionLimit)}`]
    : [];
  const until = isChanged("validUntil", old, next) ? [`VALID UNTIL ${literal(text(next.validUntil))}`] : [];
  return [...flags, ...limit, ...until];
}

/** What needs statements of its own: settings of the role's sessions, and the roles it is in. */
async function applyRest(session: Session, name: string, old: Properties, next: Properties): Promise<void> {
  for (const statement of settingStatements(old, next)) {
    await session.query(`ALTER ROLE ${identifier(name)} ${statement}`);
  }
  if (!isChanged("roles", old, next)) return;
  const [has, wants] = [await rolesOf(session, name), texts(next.roles)];
  for (const each of has.filter((granted) => !wants.includes(granted))) {
    await session.query(`REVOKE ${identifier(each)} FROM ${identifier(name)}`);
  }
  for (const each of wants.filter((granted) => !has.includes(granted))) {
    await session.query(`GRANT ${identifier(each)} TO ${identifier(name)}`);
  }
}

interface Row extends Record<keyof typeof FLAGS, boolean> {
  readonly connectionLimit: number;
  readonly validUntil: string;
  readonly settings: RoleSettings;
}

const SELECT = `SELECT rolsuper AS superuser, rolcreatedb AS "createDatabase", rolcreaterole AS "createRole",
    rolinherit AS inherit, rolcanlogin AS login, rolreplication AS replication,
    rolbypassrls AS "bypassRowLevelSecurity", rolconnlimit AS "connectionLimit",
    coalesce(rolvaliduntil::text, 'infinity') AS "validUntil", rolconfig AS settings
  FROM pg_roles WHERE rolname = $1`;

/** A role without its password, which only a read brings. */
async function find(context: Operation, name: string): Promise<Found | undefined> {
  const { client } = context;
  return client.read(context, client.settings.database, async (session) => {
    const [row] = await session.query<Row>(SELECT, [name]);
    if (row === undefined) return undefined;
    const { settings, ...attributes } = row;
    const known: Record<string, Value> = { name, encryptedPassword: true, encrypted: null, passwordWo: null };
    const roles = await rolesOf(session, name);
    return { id: name, state: { ...known, ...attributes, ...readSettings(settings), roles } };
  });
}

async function read(context: Operation, id: string, state: Properties): Promise<Found | undefined> {
  const found = await find(context, id);
  if (found === undefined) return undefined;
  const kept = {
    skipDropRole: state.skipDropRole ?? false,
    skipReassignOwned: state.skipReassignOwned ?? false,
  };
  return { id, state: { ...found.state, ...kept, ...(await passwordInState(context, found, state)) } };
}

async function remove(context: Operation, id: string, state: Properties): Promise<void> {
  const { client } = context;
  const { database, role: heir } = client.settings;
  try {
    await client.change(context, database, async (session) => {
      if (state.skipReassignOwned !== true) {
        await asMemberOf(session, [id], async () => {
          await session.query(`REASSIGN OWNED BY ${identifier(id)} TO ${identifier(heir)}`);
          await session.query(`DROP OWNED BY ${identifier(id)}`); // what is left are its privileges
        });
      }
      if (state.skipDropRole !== true) await session.query(`DROP ROLE ${identifier(id)}`);
    });
  } catch (error) {
    if (!isState(error, STATE.noSuchObject)) throw error; // gone already
  }
}
