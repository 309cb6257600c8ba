/** Each type on a real server: changes, what somebody does by hand, imports, and what is left after a delete. */
import type { Properties } from "../../plugins/core/definition.ts";
import { Engine, TestServer, type Resource } from "./postgresql-support.ts";

let server: TestServer;
let engine: Engine;

beforeAll(async () => {
  server = await TestServer.start();
  engine = new Engine(server.config());
});

afterAll(async () => {
  await engine.close();
  await server.stop();
});

/** Paths that a diff names, with a mark on those that replace. */
function paths(resource: Resource, news: Properties): string[] {
  const { changes } = engine.diff(resource, news);
  return Object.entries(changes).map(([path, { replaces }]) => (replaces ? `${path}!` : path));
}

describe("Role", () => {
  test("every attribute is set, changed in place and seen on the server", async () => {
    await engine.create("Role", { name: "team" });
    const first: Properties = {
      name: 'odd "name"; --',
      login: true,
      inherit: false,
      createDatabase: true,
      createRole: true,
      replication: true,
      bypassRowLevelSecurity: true,
      connectionLimit: 3,
      validUntil: "2099-01-02 03:04:05+00",
      searchPaths: ["app", '"$user"', "public"],
      statementTimeout: 1500,
      idleInTransactionSessionTimeout: 2500,
      assumeRole: "team",
      roles: ["team", "pg_monitor"],
    };
    const made = await engine.create("Role", first);
    expect((await engine.refreshed(made)).outputs).toMatchObject({ ...first, roles: ["pg_monitor", "team"] });
    expect(paths(await engine.refreshed(made), first)).toEqual([]);

    const second: Properties = { name: "plain", roles: ["team"] };
    const changed = await engine.update(made, second);
    expect(changed.id).toBe("plain");
    expect(await engine.refreshed(changed)).toMatchObject({
      outputs: {
        name: "plain",
        login: false,
        inherit: true,
        createDatabase: false,
        connectionLimit: -1,
        validUntil: "infinity",
        searchPaths: [],
        statementTimeout: 0,
        assumeRole: "",
        roles: ["team"],
      },
    });
    await engine.delete(changed);
    expect(await engine.refresh(changed)).toBeUndefined();
  });

  test("an attribute changed by hand shows in a refresh", async () => {
    const made = await engine.create("Role", { name: "drift", statementTimeout: 1000 });
    await server.sql("ALTER ROLE drift WITH CREATEDB CONNECTION LIMIT 7");
    await server.sql("ALTER ROLE drift SET statement_timeout TO '5s'");
    await server.sql("GRANT pg_monitor TO drift");
    const read = await engine.refreshed(made);
    expect(read.outputs).toMatchObject({ createDatabase: true, connectionLimit: 7, statementTimeout: 5000 });
    expect(read.outputs).toMatchObject({ roles: ["pg_monitor"] });
    const news = { name: "drift", statementTimeout: 1000 };
    expect(paths(read, news).sort()).toEqual([
      "connectionLimit",
      "createDatabase",
      "roles",
      "statementTimeout",
    ]);
    const mended = await engine.update(read, news);
    expect(paths(await engine.refreshed(mended), news)).toEqual([]);
  });

  test("a grant of its own stays while the roles of the program do not change", async () => {
    const made = await engine.create("Role", { name: "granted" });
    const grant = await engine.create("GrantRole", { role: "granted", grantRole: "pg_monitor" });
    await engine.update(made, { name: "granted", connectionLimit: 5 });
    expect(await engine.refresh(grant)).toBeDefined();
  });

  test.each(["plain text", "grüße \u00a0 Ⅸ ﬁn", 'it\'s $1 \\ "quoted"'])(
    "password %j lets in",
    async (password) => {
      const made = await engine.create("Role", { name: "login", login: true, password });
      await expect(server.letsIn("login", password)).resolves.toBe(true);
      await expect(server.letsIn("login", `${password}!`)).resolves.toBe(false);
      expect((await engine.refreshed(made)).outputs.password).toBe(password);
      const changed = await engine.update(made, { name: "login", login: true, password: "other" });
      await expect(server.letsIn("login", "other")).resolves.toBe(true);
      await engine.delete(changed);
    },
  );

  test("a password changed by hand shows, and never as it is", async () => {
    const news = { name: "changed", login: true, password: "ours" };
    const made = await engine.create("Role", news);
    await server.sql("ALTER ROLE changed PASSWORD 'by hand'");
    const read = await engine.refreshed(made);
    expect(read.outputs.password).toMatch(/^SCRAM-SHA-256\$/);
    await engine.update(read, news);
    await expect(server.letsIn("changed", "ours")).resolves.toBe(true);
  });

  test("a verifier is taken as it is, NULL takes the password away", async () => {
    const source = await engine.create("Role", { name: "source", login: true, password: "shared" });
    const [row] = await server.sql<{ verifier: string }>(
      "SELECT rolpassword AS verifier FROM pg_authid WHERE rolname = 'source'",
    );
    const copy = await engine.create("Role", { name: "copy", login: true, password: row?.verifier ?? "" });
    await expect(server.letsIn("copy", "shared")).resolves.toBe(true);
    const without = await engine.update(source, { name: "source", login: true, password: "NULL" });
    await expect(server.letsIn("source", "shared")).resolves.toBe(false);
    expect((await engine.refreshed(without)).outputs.password).toBe("NULL");
    expect((await engine.refreshed(copy)).outputs.password).toBe(row?.verifier);
  });

  test("a write-only password is kept nowhere and changes with its version", async () => {
    const first = { name: "writeonly", login: true, passwordWo: "one", passwordWoVersion: "1" };
    const made = await engine.create("Role", first);
    await expect(server.letsIn("writeonly", "one")).resolves.toBe(true);
    expect(made.outputs.passwordWo).toBeNull();
    expect(paths(made, { ...first, passwordWo: "two" })).toEqual([]);
    await engine.update(made, { ...first, passwordWo: "two", passwordWoVersion: "2" });
    await expect(server.letsIn("writeonly", "two")).resolves.toBe(true);
  });

  test("a deleted role leaves what it owned to the provider's role", async () => {
    const made = await engine.create("Role", { name: "owner" });
    await server.sql(
      "CREATE TABLE heirloom (); ALTER TABLE heirloom OWNER TO owner; GRANT pg_monitor TO owner",
    );
    await engine.delete(made);
    const [table] = await server.sql("SELECT tableowner FROM pg_tables WHERE tablename = 'heirloom'");
    expect(table).toEqual({ tableowner: "postgres" });
    await engine.delete(made); // once more: it is gone, which is what was wanted
  });

  test("skipDropRole leaves it", async () => {
    const made = await engine.create("Role", { name: "kept", skipDropRole: true });
    await engine.delete(made);
    expect(await engine.refresh(made)).toBeDefined();
  });

  test("an imported role has the inputs that a program would", async () => {
    await server.sql("CREATE ROLE imported WITH LOGIN CONNECTION LIMIT 4 IN ROLE pg_monitor");
    const imported = await engine.import("Role", "imported");
    expect(imported?.inputs).toMatchObject({
      name: "imported",
      login: true,
      connectionLimit: 4,
      roles: ["pg_monitor"],
    });
    expect(await engine.import("Role", "nobody")).toBeUndefined();
  });
});

describe("Database", () => {
  test("is changed in place, but for what is chosen once", async () => {
    await engine.create("Role", { name: "first_owner" });
    await engine.create("Role", { name: "second_owner" });
    const news = { name: "shop", owner: "first_owner", connectionLimit: 10 };
    const made = await engine.create("Database", news);
    expect(made.outputs).toMatchObject({
      encoding: "UTF8",
      template: "template0",
      tablespaceName: "pg_default",
    });
    expect(paths(made, { ...news, lcCollate: "C.UTF-8", encoding: "SQL_ASCII" })).toEqual([
      "encoding!",
      "lcCollate!",
    ]);

    await server.sql("CREATE TABLE wares (); ALTER TABLE wares OWNER TO first_owner", "shop");
    const changed = await engine.update(made, {
      name: "market",
      owner: "second_owner",
      alterObjectOwnership: true,
      connectionLimit: 20,
      allowConnections: true,
      isTemplate: true,
    });
    expect(changed.id).toBe("market");
    expect(changed.outputs).toMatchObject({ owner: "second_owner", connectionLimit: 20, isTemplate: true });
    expect(await server.sql("SELECT tableowner FROM pg_tables WHERE tablename = 'wares'", "market")).toEqual([
      { tableowner: "second_owner" },
    ]);
    await engine.delete(changed); // a template, too
    expect(await engine.refresh(changed)).toBeUndefined();
    await engine.delete(changed);
  });

  test("nobody gets in where connections are not allowed", async () => {
    const made = await engine.create("Database", { name: "closed", allowConnections: false });
    expect(made.outputs.allowConnections).toBe(false);
    await expect(server.sql("SELECT 1", "closed")).rejects.toThrow("not currently accepting connections");
  });

  test("is dropped with whoever is connected", async () => {
    const made = await engine.create("Database", { name: "busy" });
    const gone = expect(server.sql("SELECT pg_sleep(60)", "busy")).rejects.toThrow("terminating connection");
    await engine.create("Schema", { name: "inside", database: "busy" });
    await engine.delete(made);
    await gone;
  });

  test("an owner changed by hand shows in a refresh", async () => {
    await engine.create("Role", { name: "usurper" });
    const made = await engine.create("Database", { name: "owned", owner: "postgres" });
    await server.sql("ALTER DATABASE owned OWNER TO usurper");
    const read = await engine.refreshed(made);
    expect(paths(read, { name: "owned", owner: "postgres" })).toEqual(["owner"]);
    expect((await engine.update(read, { name: "owned", owner: "postgres" })).outputs.owner).toBe("postgres");
  });

  test("is imported by its name", async () => {
    const imported = await engine.import("Database", "postgres");
    expect(imported?.outputs).toMatchObject({ name: "postgres", owner: "postgres", template: "template0" });
    expect(await engine.import("Database", "nowhere")).toBeUndefined();
  });
});

describe("Schema", () => {
  test("is renamed and given away in place, and goes only when empty unless told", async () => {
    await engine.create("Role", { name: "keeper" });
    const made = await engine.create("Schema", { name: "stock" });
    expect(made.outputs).toMatchObject({ database: "postgres", owner: "postgres", policies: [] });
    const changed = await engine.update(made, { name: "store", owner: "keeper" });
    expect(changed).toMatchObject({ id: "postgres.store", outputs: { owner: "keeper" } });
    await server.sql("CREATE TABLE store.item ()");
    await expect(engine.delete(changed)).rejects.toThrow(
      "cannot drop schema store because other objects depend on it",
    );
    const cascading = await engine.update(changed, { name: "store", owner: "keeper", dropCascade: true });
    await engine.delete(cascading);
    expect(await engine.refresh(cascading)).toBeUndefined();
  });

  test("one that is there is taken over, unless the program forbids it", async () => {
    await server.sql("CREATE SCHEMA legacy");
    await engine.create("Role", { name: "heir" });
    const made = await engine.create("Schema", { name: "legacy", owner: "heir" });
    expect(made.outputs.owner).toBe("heir");
    await expect(engine.create("Schema", { name: "legacy", ifNotExists: false })).rejects.toThrow(
      'schema "legacy" already exists: take it over with pulumi import',
    );
  });

  test("is gone with its database", async () => {
    const database = await engine.create("Database", { name: "doomed" });
    const made = await engine.create("Schema", { name: "app", database: "doomed" });
    const imported = await engine.import("Schema", "doomed.app");
    expect(imported?.inputs).toMatchObject({ name: "app", database: "doomed" });
    await engine.delete(database);
    expect(await engine.refresh(made)).toBeUndefined();
    await engine.delete(made);
    await expect(engine.import("Schema", "app")).rejects.toThrow("not of the form <database>.<name>");
  });
});

describe("Extension", () => {
  test("is moved to another schema in place and dropped", async () => {
    await server.sql("CREATE SCHEMA ext");
    const made = await engine.create("Extension", { name: "citext", version: "1.5" });
    expect(made.outputs).toMatchObject({ schema: "public", version: "1.5" });
    const changed = await engine.update(made, { name: "citext", schema: "ext", version: "1.6" });
    expect(changed.outputs).toMatchObject({ schema: "ext", version: "1.6" });
    expect((await engine.import("Extension", "postgres.citext"))?.outputs.schema).toBe("ext");
    await engine.delete(changed);
    expect(await engine.refresh(changed)).toBeUndefined();
  });

  test("what another extension needs is brought when asked for", async () => {
    await expect(engine.create("Extension", { name: "earthdistance" })).rejects.toThrow("cube");
    const made = await engine.create("Extension", { name: "earthdistance", createCascade: true });
    await engine.delete(made);
  });
});
