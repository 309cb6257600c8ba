/** postgresql:index/database:Database */
import type { Found, Properties, ResourceType } from "../core/definition.ts";
import { asMemberOf } from "./membership.ts";
import type { Operation, Server, Session } from "./server.ts";
import { settled } from "./settled.ts";
import { identifier, literal } from "./sql.ts";
import { atLeast, isChanged, text } from "./values.ts";

/** The template without local additions: only from it can any encoding and collation be had. */
const TEMPLATE = "template0";

export const database: ResourceType<Server> = {
  autoName: "name",
  defaults: { allowConnections: true, alterObjectOwnership: false, connectionLimit: -1 },
  validate: (inputs) => atLeast(-1, "connectionLimit", inputs),
  create,
  read: find,
  update,
  delete: remove,
};

/** What PostgreSQL makes of `CREATE DATABASE` without options. */
const PLAIN: Properties = { allowConnections: true, connectionLimit: -1, isTemplate: false };

/** Choices made once, with how PostgreSQL is told; its word DEFAULT is the same in all. */
const CHOICES: readonly (readonly [property: string, clause: string, quote: (value: string) => string])[] = [
  ["template", "TEMPLATE", identifier],
  ["encoding", "ENCODING", literal],
  ["lcCollate", "LC_COLLATE", literal],
  ["lcCtype", "LC_CTYPE", literal],
  ["tablespaceName", "TABLESPACE", identifier],
];

async function create(context: Operation, inputs: Properties): Promise<Found> {
  const { client } = context;
  const name = text(inputs.name);
  const owner = text(inputs.owner) === "" ? client.settings.role : text(inputs.owner);
  const wanted: Properties = { template: TEMPLATE, encoding: "UTF8", ...inputs };
  const choices = CHOICES.filter(([property]) => text(wanted[property]) !== "").map(
    ([property, clause, quote]) => {
      const value = text(wanted[property]);
      return `${clause} ${value.toUpperCase() === "DEFAULT" ? "DEFAULT" : quote(value)}`;
    },
  );
  const options = [`OWNER ${identifier(owner)}`, ...choices, ...databaseOptions(PLAIN, wanted)].join(" ");
  await client.leave(text(wanted.template));
  await client.changeAlone(context, (session) =>
    asMemberOf(session, [owner], () => session.query(`CREATE DATABASE ${identifier(name)} WITH ${options}`)),
  );
  return settled(name, inputs, () => find(context, name, inputs));
}

/** What `ALTER DATABASE … WITH` has to say to get from `old` to `next`. */
function databaseOptions(old: Properties, next: Properties): string[] {
  const options: readonly (readonly [property: string, clause: string])[] = [
    ["allowConnections", `ALLOW_CONNECTIONS ${next.allowConnections !== false}`],
    ["connectionLimit", `CONNECTION LIMIT ${Number(next.connectionLimit)}`],
    ["isTemplate", `IS_TEMPLATE ${next.isTemplate === true}`],
  ];
  return options.filter(([property]) => isChanged(property, old, next)).map(([, clause]) => clause);
}

async function find(context: Operation, id: string, state: Properties): Promise<Found | undefined> {
  const { client } = context;
  const [row] = await client.read(context, client.settings.database, (session) =>
    session.query<Properties>(
      `SELECT datname::text AS name, pg_get_userbyid(datdba)::text AS owner, datcollate::text AS "lcCollate",
         pg_encoding_to_char(encoding)::text AS encoding, datctype::text AS "lcCtype", datistemplate AS "isTemplate",
         datallowconn AS "allowConnections", datconnlimit AS "connectionLimit", spcname::text AS "tablespaceName"
       FROM pg_database JOIN pg_tablespace ON dattablespace = pg_tablespace.oid WHERE datname = $1`,
      [id],
    ),
  );
  if (row === undefined) return undefined;
  // Nobody remembers what a database was copied from.
  const template = text(state.template) === "" ? TEMPLATE : text(state.template);
  return { id, state: { ...row, template } };
}

async function update(context: Operation, id: string, state: Properties, inputs: Properties): Promise<Found> {
  const { client } = context;
  const name = text(inputs.name);
  const owner = text(inputs.owner);
  const hasNewOwner = owner !== "" && isChanged("owner", state, inputs);
  if (hasNewOwner && inputs.alterObjectOwnership === true)
    await handOver(context, id, text(state.owner), owner);
  const isMoved = text(inputs.tablespaceName) !== "" && isChanged("tablespaceName", state, inputs);
  // Neither a new name nor a new place can be had while somebody is connected.
  if (name !== id || isMoved) await client.leave(id);
  await client.changeAlone(context, async (session) => {
    if (name !== id) await session.query(`ALTER DATABASE ${identifier(id)} RENAME TO ${identifier(name)}`);
    const alter = (change: string) => session.query(`ALTER DATABASE ${identifier(name)} ${change}`);
    if (hasNewOwner) await asMemberOf(session, [owner], () => alter(`OWNER TO ${identifier(owner)}`));
    if (isMoved) await alter(`SET TABLESPACE ${identifier(text(inputs.tablespaceName))}`);
    const options = databaseOptions(state, {
      ...inputs,
      isTemplate: inputs.isTemplate ?? state.isTemplate ?? false,
    });
    if (options.length > 0) await alter(`WITH ${options.join(" ")}`);
  });
  return settled(name, inputs, () => find(context, name, inputs));
}

/** Gives all that `from` owns in a database to `to`. */
async function handOver(context: Operation, name: string, from: string, to: string): Promise<void> {
  await context.client.change(context, name, (session: Session) =>
    asMemberOf(session, [from, to], () =>
      session.query(`REASSIGN OWNED BY ${identifier(from)} TO ${identifier(to)}`),
    ),
  );
}

async function remove(context: Operation, id: string, state: Properties): Promise<void> {
  const { client } = context;
  await client.leave(id);
  await client.changeAlone(context, async (session) => {
    const [row] = await session.query<{ isTemplate: boolean }>(
      `SELECT datistemplate AS "isTemplate" FROM pg_database WHERE datname = $1`,
      [id],
    );
    if (row === undefined) return;
    await asMemberOf(session, [text(state.owner)], async () => {
      if (row.isTemplate) await session.query(`ALTER DATABASE ${identifier(id)} WITH IS_TEMPLATE false`);
      await session.query(`DROP DATABASE ${identifier(id)} WITH (FORCE)`); // with whoever is connected
    });
  });
}
