/** postgresql:index/extension:Extension */
import type { Found, Properties, ResourceType } from "../core/definition.ts";
import { locate, locateKnown, unlessGone } from "./located.ts";
import type { Operation, Server } from "./server.ts";
import { settled } from "./settled.ts";
import { identifier } from "./sql.ts";
import { isChanged, text } from "./values.ts";

export const extension: ResourceType<Server> = {
  autoName: "name",
  defaults: { createCascade: false, dropCascade: false },
  create,
  read,
  update,
  delete: remove,
};

async function create(context: Operation, inputs: Properties): Promise<Found> {
  const { database, name, id } = locate(context, inputs);
  const parts = [`CREATE EXTENSION IF NOT EXISTS ${identifier(name)}`];
  if (text(inputs.schema) !== "") parts.push(`SCHEMA ${identifier(text(inputs.schema))}`);
  if (text(inputs.version) !== "") parts.push(`VERSION ${identifier(text(inputs.version))}`);
  if (inputs.createCascade === true) parts.push("CASCADE");
  await context.client.change(context, database, (session) => session.query(parts.join(" ")));
  return settled(id, inputs, () => read(context, id, { ...inputs, database }));
}

async function read(context: Operation, id: string, state: Properties): Promise<Found | undefined> {
  const location = locateKnown(context, id, state);
  const { database, name } = location;
  const rows = await unlessGone(
    context.client.read(context, database, (session) =>
      session.query<{ schema: string; version: string }>(
        `SELECT nspname::text AS schema, extversion AS version
         FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace WHERE extname = $1`,
        [name],
      ),
    ),
  );
  return rows?.[0] === undefined ? undefined : { id: location.id, state: { name, database, ...rows[0] } };
}

async function update(context: Operation, id: string, state: Properties, inputs: Properties): Promise<Found> {
  const { database, name } = locate(context, { ...state, ...inputs });
  const alter = `ALTER EXTENSION ${identifier(name)}`;
  const [schema, version] = [text(inputs.schema), text(inputs.version)];
  await context.client.change(context, database, async (session) => {
    if (schema !== "" && isChanged("schema", state, inputs)) {
      await session.query(`${alter} SET SCHEMA ${identifier(schema)}`);
    }
    if (version !== "" && isChanged("version", state, inputs)) {
      await session.query(`${alter} UPDATE TO ${identifier(version)}`);
    }
  });
  return settled(id, inputs, () => read(context, id, { ...inputs, database, name }));
}

async function remove(context: Operation, _: string, state: Properties): Promise<void> {
  const { database, name } = locate(context, state);
  const mode = state.dropCascade === true ? "CASCADE" : "RESTRICT";
  await unlessGone(
    context.client.change(context, database, (session) =>
      session.query(`DROP EXTENSION IF EXISTS ${identifier(name)} ${mode}`),
    ),
  );
}
