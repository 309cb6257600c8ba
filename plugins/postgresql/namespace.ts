/** postgresql:index/schema:Schema */
import type { Found, Properties, ResourceType } from "../core/definition.ts";
import { locate, locateKnown, unlessGone } from "./located.ts";
import { asMemberOf } from "./membership.ts";
import type { Operation, Server } from "./server.ts";
import { settled } from "./settled.ts";
import { identifier } from "./sql.ts";
import { isChanged, text } from "./values.ts";

export const namespace: ResourceType<Server> = {
  autoName: "name",
  sets: ["policies"],
  renamed: { policies: "policy" },
  defaults: { ifNotExists: true, dropCascade: false },
  nested: {
    "postgresql:index/SchemaPolicy:SchemaPolicy": {
      defaults: { create: false, createWithGrant: false, role: "", usage: false, usageWithGrant: false },
    },
  },
  validate: ({ policies }) =>
    Array.isArray(policies) && policies.length > 0
      ? [
          {
            property: "policies",
            reason: 'deprecated and not supported here; use Grant with objectType "schema"',
          },
        ]
      : [],
  create,
  read,
  update,
  delete: remove,
};

async function create(context: Operation, inputs: Properties): Promise<Found> {
  const { database, name, id } = locate(context, inputs);
  const owner = text(inputs.owner);
  await context.client.change(context, database, async (session) => {
    const [current] = await session.query<{ owner: string }>(
      "SELECT pg_get_userbyid(datdba)::text AS owner FROM pg_database WHERE datname = current_database()",
    );
    await asMemberOf(session, [current?.owner ?? "", owner], async () => {
      const unless = inputs.ifNotExists === true ? "IF NOT EXISTS " : "";
      await session.query(`CREATE SCHEMA ${unless}${identifier(name)}`);
      if (owner !== "") await session.query(`ALTER SCHEMA ${identifier(name)} OWNER TO ${identifier(owner)}`);
    });
  });
  return settled(id, inputs, () => read(context, id, { ...inputs, database }));
}

async function read(context: Operation, id: string, state: Properties): Promise<Found | undefined> {
  const location = locateKnown(context, id, state);
  const { database, name } = location;
  const rows = await unlessGone(
    context.client.read(context, database, (session) =>
      session.query<{ owner: string }>(
        "SELECT pg_get_userbyid(nspowner)::text AS owner FROM pg_namespace WHERE nspname = $1",
        [name],
      ),
    ),
  );
  const owner = rows?.[0]?.owner;
  if (owner === undefined) return undefined;
  return { id: location.id, state: { name, database, owner, policies: state.policies ?? [] } };
}

async function update(context: Operation, _: string, state: Properties, inputs: Properties): Promise<Found> {
  const { name: before } = locate(context, state);
  const { database, name, id } = locate(context, { ...state, ...inputs });
  const owner = text(inputs.owner);
  await context.client.change(context, database, (session) =>
    asMemberOf(session, [text(state.owner), owner], async () => {
      if (name !== before)
        await session.query(`ALTER SCHEMA ${identifier(before)} RENAME TO ${identifier(name)}`);
      if (owner === "" || !isChanged("owner", state, inputs)) return;
      await session.query(`ALTER SCHEMA ${identifier(name)} OWNER TO ${identifier(owner)}`);
    }),
  );
  return settled(id, inputs, () => read(context, id, { ...inputs, database }));
}

async function remove(context: Operation, _: string, state: Properties): Promise<void> {
  const { database, name } = locate(context, state);
  const mode = state.dropCascade === true ? "CASCADE" : "RESTRICT";
  await unlessGone(
    context.client.change(context, database, (session) =>
      asMemberOf(session, [text(state.owner)], () =>
        session.query(`DROP SCHEMA IF EXISTS ${identifier(name)} ${mode}`),
      ),
    ),
  );
}
