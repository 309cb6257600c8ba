/** postgresql:index/grant:Grant */
import { crc32 } from "node:zlib";
import { UNKNOWN, type Found, type Properties, type ResourceType, type Value } from "../core/definition.ts";
import { isState, STATE } from "./faults.ts";
import { columnsOf, TARGETS, type Target } from "./grant-targets.ts";
import { unlessGone } from "./located.ts";
import { asMemberOf } from "./membership.ts";
import { isHeld, privilegeFaults } from "./privileges.ts";
import type { Operation, Server, Session } from "./server.ts";
import { settled } from "./settled.ts";
import { identifier } from "./sql.ts";
import { text, texts, type Fault } from "./values.ts";

export const grant: ResourceType<Server> = {
  sets: ["columns", "objects", "privileges"],
  defaults: { withGrantOption: false },
  deleteBeforeReplace: true,
  validate,
  create: (context, inputs) => apply(context, inputs, inputs),
  read: (context, id, state) => {
    if (text(state.role) === "")
      throw new Error(`${id}: a grant cannot be imported; create it, which changes nothing`);
    return find(context, state);
  },
  update: (context, _, state, inputs) =>
    apply(context, { ...inputs, privileges: state.privileges ?? [] }, inputs),
  delete: remove,
};

function validate(inputs: Properties): Fault[] {
  const type = text(inputs.objectType);
  const faults = privilegeFaults(Object.keys(TARGETS), inputs);
  const target = TARGETS[type];
  if (target === undefined) return faults;
  const count = (value: Value | undefined): number => (value === UNKNOWN ? NaN : texts(value).length);
  const objects = count(inputs.objects);
  const columns = count(inputs.columns);
  const fault = (property: string, reason: string): void => void faults.push({ property, reason });

  if (target.inSchema && text(inputs.schema) === "") fault("schema", `is needed with objectType "${type}"`);
  if (target.objects === "none" && objects > 0) fault("objects", `have no meaning with objectType "${type}"`);
  if (target.objects === "one" && (objects === 0 || objects > 1)) {
    fault("objects", `must be exactly one with objectType "${type}", got ${objects}`);
  }
  if (type !== "column" && columns > 0) fault("columns", 'have a meaning only with objectType "column"');
  if (type === "column" && columns === 0) fault("columns", 'are needed with objectType "column"');
  if (type === "column" && texts(inputs.privileges).length > 1) {
    fault("privileges", 'must be exactly one with objectType "column"');
  }
  return faults;
}

/** Takes away what `before` says and gives what `wanted` says, at once: what stays is never missing. */
async function apply(context: Operation, before: Properties, wanted: Properties): Promise<Found> {
  const target = targetOf(wanted);
  await context.client.change(context, text(wanted.database), async (session) => {
    await asMemberOf(session, await ownersOf(session, target, wanted), async () => {
      await revoke(session, target, before);
      const privileges = texts(wanted.privileges).map((each) => each + columnsOf(wanted));
      if (privileges.length === 0) return;
      const option = wanted.withGrantOption === true ? " WITH GRANT OPTION" : "";
      const to = identifier(text(wanted.role));
      await session.query(`GRANT ${privileges.join(", ")} ON ${target.on(wanted)} TO ${to}${option}`);
    });
  });
  return settled(idOf(wanted), wanted, () => find(context, wanted));
}

/** Of named objects only what the grant gave: another grant may have given privileges on their columns. */
async function revoke(session: Session, target: Target, before: Properties): Promise<void> {
  const named = texts(before.objects).length > 0 ? texts(before.privileges) : [];
  const privileges = named.map((each) => each + columnsOf(before));
  if (privileges.length === 0 && columnsOf(before) !== "") return;
  const what = privileges.length > 0 ? privileges.join(", ") : "ALL PRIVILEGES";
  await session.query(`REVOKE ${what} ON ${target.on(before)} FROM ${identifier(text(before.role))}`);
}

/** Who may grant: the owners of the schema and of the tables in it. */
async function ownersOf(session: Session, target: Target, { schema }: Properties): Promise<string[]> {
  if (!target.inSchema) return [];
  const rows = await session.query<{ owner: string }>(
    `SELECT DISTINCT pg_get_userbyid(CASE WHEN pg_get_userbyid(owner) = 'pg_database_owner' THEN datdba ELSE owner END)
       ::text AS owner
     FROM pg_database, (
       SELECT nspowner AS owner FROM pg_namespace WHERE nspname = $1
       UNION SELECT relowner FROM pg_class JOIN pg_namespace ON relnamespace = pg_namespace.oid WHERE nspname = $1
     ) AS owners
     WHERE datname = current_database()`,
    [text(schema)],
  );
  return rows.map(({ owner }) => owner);
}

interface Place {
  readonly version: number;
  /** Null where the role is gone. */
  readonly holder: number | null;
  /** Whether the schema is there, where there is one. */
  readonly isThere: boolean;
}

const PLACE = `SELECT current_setting('server_version_num')::int AS version,
    CASE WHEN $1 = 'public' THEN 0 ELSE (SELECT oid FROM pg_roles WHERE rolname = $1) END AS holder,
    $2 = '' OR EXISTS (SELECT FROM pg_namespace WHERE nspname = $2) AS "isThere"`;

interface Holding {
  readonly name: string;
  readonly privileges: readonly string[];
}

const HOLDINGS = (catalogue: string): string => `
  WITH given AS (SELECT $2::text AS schema, $3::text[] AS objects, $4::text[] AS columns)
  SELECT name::text, ARRAY(SELECT DISTINCT privilege_type FROM aclexplode(acl) WHERE grantee = $1) AS privileges
  FROM (${catalogue}) AS object ORDER BY name`;

async function find(context: Operation, state: Properties): Promise<Found | undefined> {
  const { database, role, schema, objects, columns } = state;
  const type = text(state.objectType);
  const found = await unlessGone(
    context.client.read(context, text(database), async (session) => {
      const [place] = await session.query<Place>(PLACE, [text(role), text(schema)]);
      const holder = place?.holder ?? undefined;
      if (place?.isThere !== true || holder === undefined) return undefined;
      const values = [holder, text(schema), texts(objects), texts(columns)];
      const holdings = await session.query<Holding>(HOLDINGS(targetOf(state).catalogue), values);
      return { holdings, version: place.version };
    }),
  );
  if (found === undefined) return undefined;
  const wanted = texts(state.privileges);
  const isRight = ({ privileges }: Holding): boolean => isHeld(privileges, wanted, type, found.version);
  const wrong = found.holdings.find((each) => !isRight(each));
  const id = idOf(state);
  if (type === "column")
    return { id, state: { ...state, columns: found.holdings.filter(isRight).map(nameOf) } };
  // One object with other privileges stands for all, so that the next update grants anew.
  return { id, state: { ...state, privileges: wrong === undefined ? wanted : [...wrong.privileges] } };
}

function nameOf({ name }: Holding): string {
  return name;
}

async function remove(context: Operation, _: string, state: Properties): Promise<void> {
  const target = targetOf(state);
  const revoked = context.client.change(context, text(state.database), async (session) =>
    asMemberOf(session, await ownersOf(session, target, state), () => revoke(session, target, state)),
  );
  try {
    await unlessGone(revoked);
  } catch (error) {
    if (!isState(error, ...GONE)) throw error; // gone with its role, schema or object
  }
}

const GONE = [STATE.noSuchObject, STATE.noSuchSchema, STATE.noSuchTable, STATE.noSuchRoutine];

function targetOf({ objectType }: Properties): Target {
  const target = TARGETS[text(objectType)];
  if (target === undefined) throw new Error(`nothing can be granted on a ${text(objectType)}`);
  return target;
}

function idOf(state: Properties): string {
  const isInSchema = targetOf(state).inSchema;
  const place = [text(state.role), text(state.database), ...(isInSchema ? [text(state.schema)] : [])];
  return [...place, text(state.objectType), ...hashed(state.objects), ...hashed(state.columns)].join("_");
}

/** In the order of Terraform's sets, which is that of their elements' checksums as text. */
function hashed(set: Value | undefined): string[] {
  const keyed = texts(set).map((each) => ({ each, key: String(crc32(each)) }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ each }) => each);
}
