/** Grants on a real server: what a role may do, by program and by hand. */
import type { Properties } from "../../plugins/core/definition.ts";
import { Engine, TestServer, type Resource } from "./postgresql-support.ts";

let server: TestServer;
let engine: Engine;

beforeAll(async () => {
  server = await TestServer.start();
  engine = new Engine(server.config());
  for (const name of ["reader", "writer", "maker"]) await engine.create("Role", { name });
  await server.sql(`CREATE SCHEMA app; CREATE TABLE app.a (id int, name text); CREATE TABLE app.b (id int);
    CREATE SEQUENCE app.numbers; CREATE FUNCTION app.twice(int) RETURNS int LANGUAGE sql AS 'SELECT 2 * $1';
    CREATE PROCEDURE app.work() LANGUAGE sql AS 'SELECT 1'; CREATE FOREIGN DATA WRAPPER wrapper;
    CREATE SERVER far FOREIGN DATA WRAPPER wrapper`);
});

afterAll(async () => {
  await engine.close();
  await server.stop();
});

async function may(what: string): Promise<boolean> {
  const [row] = await server.sql<{ allowed: boolean }>(`SELECT ${what} AS allowed`);
  return row?.allowed === true;
}

async function isGone(resource: Resource): Promise<boolean> {
  return (await engine.refresh(resource)) === undefined;
}

const inApp = { database: "postgres", schema: "app", role: "reader" };

// What is granted, the ID, and a question to the server that is true only while the grant stands.
test.each<[string, Properties, string, string]>([
  [
    "database",
    { schema: null, privileges: ["CREATE"] },
    "reader_postgres_database",
    "has_database_privilege('reader', 'postgres', 'CREATE')",
  ],
  [
    "schema",
    { privileges: ["ALL"] },
    "reader_postgres_app_schema",
    "has_schema_privilege('reader', 'app', 'CREATE')",
  ],
  [
    "table",
    { privileges: ["SELECT", "INSERT"] },
    "reader_postgres_app_table",
    "has_table_privilege('reader', 'app.b', 'INSERT')",
  ],
  [
    "table",
    { privileges: ["DELETE"], objects: ["a", "b"] },
    "reader_postgres_app_table_b_a",
    "has_table_privilege('reader', 'app.a', 'DELETE')",
  ],
  [
    "column",
    { privileges: ["UPDATE"], objects: ["a"], columns: ["name"] },
    "reader_postgres_app_column_a_name",
    "has_column_privilege('reader', 'app.a', 'name', 'UPDATE')",
  ],
  [
    "sequence",
    { privileges: ["ALL"] },
    "reader_postgres_app_sequence",
    "has_sequence_privilege('reader', 'app.numbers', 'USAGE')",
  ],
  [
    "function",
    { privileges: ["EXECUTE"], objects: ["twice(integer)"] },
    "reader_postgres_app_function_twice(integer)",
    "EXISTS (SELECT FROM pg_proc WHERE proname = 'twice' AND proacl::text LIKE '%reader=X%')",
  ],
  [
    "routine",
    { privileges: ["EXECUTE"] },
    "reader_postgres_app_routine",
    "EXISTS (SELECT FROM pg_proc WHERE proname = 'work' AND proacl::text LIKE '%reader=X%')",
  ],
  [
    "procedure",
    { privileges: ["ALL"] },
    "reader_postgres_app_procedure",
    "EXISTS (SELECT FROM pg_proc WHERE proname = 'work' AND proacl::text LIKE '%reader=X%')",
  ],
  [
    "foreign_data_wrapper",
    { schema: null, privileges: ["USAGE"], objects: ["wrapper"] },
    "reader_postgres_foreign_data_wrapper_wrapper",
    "has_foreign_data_wrapper_privilege('reader', 'wrapper', 'USAGE')",
  ],
  [
    "foreign_server",
    { schema: null, privileges: ["USAGE"], objects: ["far"] },
    "reader_postgres_foreign_server_far",
    "has_server_privilege('reader', 'far', 'USAGE')",
  ],
])("on a %s %j", async (objectType, more, id, question) => {
  const news: Properties = { ...inApp, objectType, ...more };
  if (news.schema === null) delete news.schema;
  const made = await engine.create("Grant", news);
  expect(made.id).toBe(id);
  expect(await may(question)).toBe(true);
  expect(engine.diff(await engine.refreshed(made), news).changes).toEqual({});
  await engine.delete(made);
  expect(await may(question)).toBe(false);
});

describe("Grant", () => {
  const tables = { ...inApp, objectType: "table", privileges: ["SELECT", "UPDATE"] };

  test("privileges are changed in place, everything else replaces, the old one first", async () => {
    const made = await engine.create("Grant", tables);
    const changed = await engine.update(made, { ...tables, privileges: ["SELECT"] });
    expect(await may("has_table_privilege('reader', 'app.a', 'UPDATE')")).toBe(false);
    expect(await may("has_table_privilege('reader', 'app.a', 'SELECT')")).toBe(true);
    const { replaces, deleteBeforeReplace } = engine.diff(changed, {
      ...tables,
      role: "writer",
      withGrantOption: true,
    });
    expect([...replaces].sort()).toEqual(["role", "withGrantOption"]);
    expect(deleteBeforeReplace).toBe(true);
  });

  test("what is granted or revoked by hand on one object shows in a refresh", async () => {
    const made = await engine.create("Grant", tables);
    await server.sql("REVOKE UPDATE ON app.b FROM reader");
    const read = await engine.refreshed(made);
    expect(read.outputs.privileges).toEqual(["SELECT"]);
    expect(Object.keys(engine.diff(read, tables).changes)).toEqual(["privileges[1]"]);
    await engine.update(read, tables);
    expect(await may("has_table_privilege('reader', 'app.b', 'UPDATE')")).toBe(true);
  });

  test("a grant on everybody is one", async () => {
    const made = await engine.create("Grant", { ...tables, role: "public", privileges: ["SELECT"] });
    expect((await engine.refresh(made))?.outputs.privileges).toEqual(["SELECT"]);
    await engine.delete(made);
  });

  test("with the grant option it can be passed on", async () => {
    await engine.create("Grant", {
      ...inApp,
      objectType: "sequence",
      privileges: ["USAGE"],
      withGrantOption: true,
    });
    expect(await may("has_sequence_privilege('reader', 'app.numbers', 'USAGE WITH GRANT OPTION')")).toBe(
      true,
    );
  });

  test("is gone with its role, schema or database, and then deleted without an error", async () => {
    const role = await engine.create("Role", { name: "passing" });
    const database = await engine.create("Database", { name: "passing" });
    const made = await engine.create("Grant", { ...tables, role: "passing" });
    const other = await engine.create("Grant", {
      database: "passing",
      role: "writer",
      objectType: "database",
      privileges: ["CONNECT"],
    });
    await engine.delete(role);
    await engine.delete(database);
    await expect(Promise.all([isGone(made), isGone(other)])).resolves.toEqual([true, true]);
    await engine.delete(made);
    await engine.delete(other);
  });

  test.each<[Properties, string]>([
    [{ ...tables, privileges: ["CONNECT"] }, '"CONNECT" is no privilege on a table; allowed: ALL, SELECT'],
    [{ ...tables, privileges: ["SELECT; DROP TABLE x"] }, "is no privilege on a table"],
    [{ ...tables, objectType: "view" }, 'is "view"; allowed: database, function'],
    [
      { database: "postgres", role: "reader", objectType: "table", privileges: ["SELECT"] },
      'is needed with objectType "table"',
    ],
    [
      { ...tables, objectType: "schema", privileges: ["USAGE"], objects: ["x"] },
      'have no meaning with objectType "schema"',
    ],
    [{ ...tables, objectType: "foreign_server", privileges: ["USAGE"] }, "must be exactly one"],
    [{ ...tables, columns: ["id"] }, 'have a meaning only with objectType "column"'],
    [{ ...tables, objectType: "column", objects: ["a"], columns: ["id"] }, "must be exactly one"],
  ])("%j is refused before anything happens", (news, reason) => {
    expect(() => engine.check("Grant", news)).toThrow(reason);
  });

  test("names are never taken for SQL", async () => {
    const objects = ['twice(integer) TO reader; DROP TABLE app.a; --"'];
    const news = { ...inApp, objectType: "function", privileges: ["EXECUTE"], objects };
    await expect(engine.create("Grant", news)).rejects.toThrow("could not find a function named");
    await expect(server.sql("SELECT FROM app.a")).resolves.toEqual([]);
  });
});

describe("DefaultPrivileges", () => {
  const rule = { database: "postgres", schema: "app", owner: "maker", role: "reader", objectType: "table" };

  test("hold for what is made later, are changed in place, and go", async () => {
    const made = await engine.create("DefaultPrivileges", { ...rule, privileges: ["SELECT", "INSERT"] });
    expect(made.id).toBe("reader_postgres_app_maker_table");
    await server.sql("GRANT CREATE ON SCHEMA app TO maker; SET ROLE maker; CREATE TABLE app.made ()");
    expect(await may("has_table_privilege('reader', 'app.made', 'INSERT')")).toBe(true);
    const changed = await engine.update(made, { ...rule, privileges: ["SELECT"] });
    expect((await engine.refresh(changed))?.outputs.privileges).toEqual(["SELECT"]);
    await engine.delete(changed);
    expect(await isGone(changed)).toBe(true);
  });

  test("without a schema they hold in all", async () => {
    const news = {
      database: "postgres",
      owner: "maker",
      role: "writer",
      objectType: "schema",
      privileges: ["ALL"],
    };
    const made = await engine.create("DefaultPrivileges", news);
    expect(made.id).toBe("writer_postgres_noschema_maker_schema");
    expect((await engine.refresh(made))?.outputs.privileges).toEqual(["ALL"]);
    await server.sql("ALTER DEFAULT PRIVILEGES FOR ROLE maker REVOKE CREATE ON SCHEMAS FROM writer");
    expect((await engine.refresh(made))?.outputs.privileges).toEqual(["USAGE"]);
  });

  test("one with no privileges takes away what there is", async () => {
    await server.sql("ALTER DEFAULT PRIVILEGES FOR ROLE maker GRANT USAGE ON TYPES TO writer");
    const news = { database: "postgres", owner: "maker", role: "writer", objectType: "type", privileges: [] };
    const made = await engine.create("DefaultPrivileges", news);
    expect(await isGone(made)).toBe(false);
  });

  test.each<[Properties, string]>([
    [{ ...rule, objectType: "schema", privileges: ["USAGE"] }, "has no meaning"],
    [{ ...rule, role: "public", withGrantOption: true, privileges: ["SELECT"] }, "lets role"],
  ])("%j is refused", (news, reason) => {
    expect(() => engine.check("DefaultPrivileges", news)).toThrow(reason);
  });
});

describe("GrantRole", () => {
  test("a change of the admin option replaces it, the old one first", async () => {
    const made = await engine.create("GrantRole", {
      role: "writer",
      grantRole: "reader",
      withAdminOption: true,
    });
    expect(made).toMatchObject({ id: "writer_reader_true", outputs: { withAdminOption: true } });
    const { replaces, deleteBeforeReplace } = engine.diff(made, { role: "writer", grantRole: "reader" });
    expect([replaces, deleteBeforeReplace]).toEqual([["withAdminOption"], true]);
    await engine.delete(made);
    expect(await isGone(made)).toBe(true);
    await engine.delete(made);
  });
});
