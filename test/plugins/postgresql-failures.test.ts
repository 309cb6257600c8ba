/** What goes wrong between the plugin and a real server, and what a person is told. */
import { setTimeout as sleep } from "node:timers/promises";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Properties } from "../../plugins/core/definition.ts";
import { HalfMade } from "../../plugins/core/provider.ts";
import { eventually } from "../eventually.ts";
import { Engine, TestServer } from "./postgresql-support.ts";

const engines: Engine[] = [];
let server: TestServer;
let engine: Engine;

function connect(config: Properties): Engine {
  const made = new Engine(config);
  engines.push(made);
  return made;
}

beforeAll(async () => {
  server = await TestServer.start();
  engine = connect(server.config());
});

afterAll(async () => {
  await Promise.all(engines.map((each) => each.close()));
  await server.stop();
});

const role = { name: "somebody" };

describe("a server that cannot be used", () => {
  test.each<[string, Properties, string | RegExp]>([
    [
      "nobody listens",
      { port: 1 },
      "cannot reach PostgreSQL at 127.0.0.1:1 (ECONNREFUSED): see that it runs",
    ],
    [
      "no such host",
      { host: "no-such-host.invalid" },
      /cannot reach PostgreSQL at no-such-host\.invalid:\d+ \(E/,
    ],
    ["wrong password", { password: "s3cret-canary" }, 'refuses user "postgres": wrong password'],
    ["no such database", { database: "nowhere" }, 'has no database "nowhere"'],
    ["no TLS", { sslmode: "require" }, "offers no TLS: set sslmode to disable"],
    [
      "no such mode",
      { sslmode: "prefer" },
      'sslmode is "prefer"; allowed: disable, require, verify-ca, verify-full',
    ],
    [
      "no such certificate file",
      { sslmode: "verify-ca", sslrootcert: "/nowhere/ca.crt" },
      "sslrootcert names /nowhere/ca.crt",
    ],
    [
      "a cloud's login",
      { awsRdsIamAuth: true },
      "awsRdsIamAuth is not supported by the built-in postgresql plugin",
    ],
  ])("%s", async (_, config, message) => {
    const creating = connect(server.config(config)).create("Role", role);
    await expect(creating).rejects.toThrow(message);
    await expect(creating).rejects.not.toThrow("canary");
  });

  test("one that answers nothing is an error within connectTimeout", async () => {
    const impatient = connect(server.config({ connectTimeout: 1 }));
    await server.pause();
    try {
      await expect(impatient.create("Role", role)).rejects.toThrow(
        "does not answer within 1 s (connectTimeout)",
      );
    } finally {
      await server.resume();
    }
  });
});

describe("TLS", () => {
  const folder = mkdtempSync(join(tmpdir(), "pg-test-"));
  const ca = join(folder, "ca.crt");

  beforeAll(async () => {
    const key = ["-newkey", "rsa:2048", "-nodes", "-keyout", "/tmp/key", "-out", "/tmp/crt", "-days", "1"];
    await server.exec(
      "openssl",
      "req",
      "-x509",
      ...key,
      "-subj",
      "/CN=test",
      "-addext",
      "subjectAltName=IP:127.0.0.1",
    );
    writeFileSync(ca, await server.exec("cat", "/tmp/crt"));
    await server.sql("ALTER SYSTEM SET ssl_cert_file = '/tmp/crt'");
    await server.sql("ALTER SYSTEM SET ssl_key_file = '/tmp/key'");
    await server.sql("ALTER SYSTEM SET ssl = on");
    await server.sql("SELECT pg_reload_conf()");
  });

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  const isEncrypted = async (config: Properties): Promise<boolean> => {
    const client = connect(server.config(config));
    await client.import("Role", "postgres"); // connects, and stays connected for a moment
    const rows = await server.sql(
      "SELECT FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE ssl AND application_name = 'pulumi'",
    );
    await client.close();
    return rows.length > 0;
  };

  test.each<[Properties, boolean]>([
    [{ sslmode: "disable" }, false],
    [{ sslmode: "require" }, true],
    [{}, true],
    [{ sslmode: "verify-ca", sslrootcert: ca }, true],
    [{ sslmode: "verify-full", sslrootcert: ca }, true],
    [{ sslmode: "verify-ca", sslrootcert: ca, host: "localhost" }, true],
  ])("%j", async (config, encrypted) => {
    const given = "sslmode" in config ? config : { ...config, sslmode: "" };
    await expect(isEncrypted(given)).resolves.toBe(encrypted);
  });

  test.each<[string, Properties]>([
    ["an unknown CA", { sslmode: "verify-ca" }],
    ["another name", { sslmode: "verify-full", sslrootcert: ca, host: "localhost" }],
  ])("%s is refused", async (_, config) => {
    await expect(connect(server.config(config)).create("Role", role)).rejects.toThrow(
      /the certificate of PostgreSQL at .* is not trusted .*: set sslrootcert/,
    );
  });
});

describe("statements that fail", () => {
  test("a name that is taken is named, with the remedy", async () => {
    await engine.create("Role", { name: "taken" });
    await expect(engine.create("Role", { name: "taken" })).rejects.toThrow(
      'role "taken" already exists: take it over with pulumi import, or choose another name',
    );
    await expect(engine.create("Database", { name: "postgres" })).rejects.toThrow(
      'database "postgres" already exists',
    );
  });

  test("a role that is made only in part is not made at all", async () => {
    const news = { name: "halfway", password: "x", roles: ["no_such_role"] };
    await expect(engine.create("Role", news)).rejects.toThrow('role "no_such_role" does not exist');
    expect(await engine.import("Role", "halfway")).toBeUndefined();
  });

  test("an update that fails half-way changes nothing", async () => {
    const made = await engine.create("Role", { name: "steady" });
    const news = { name: "steady", connectionLimit: 9, roles: ["no_such_role"] };
    await expect(engine.update(made, news)).rejects.toThrow("no_such_role");
    expect((await engine.refresh(made))?.outputs.connectionLimit).toBe(-1);
  });

  test("a role that others depend on says who", async () => {
    const made = await engine.create("Role", { name: "landlord" });
    await engine.create("Database", { name: "estate" });
    await server.sql("CREATE TABLE house (); ALTER TABLE house OWNER TO landlord", "estate");
    await expect(engine.delete(made)).rejects.toThrow(
      /role "landlord" cannot be dropped .*\(1 object in database estate\)/,
    );
  });

  test("what is made and cannot be read back is kept in the state", async () => {
    const blind = await server
      .sql("CREATE ROLE blind LOGIN CREATEROLE PASSWORD 'x'")
      .then(() => connect(server.config({ username: "blind", password: "x", database: "postgres" })));
    // The server refuses to say what the plugin asks for after a create.
    await server.sql(
      "REVOKE SELECT ON pg_auth_members FROM public; GRANT SELECT (roleid, member) ON pg_auth_members TO public",
    );
    await server.sql("REVOKE SELECT ON pg_roles FROM public");
    const failure = await blind.create("Role", { name: "unread" }).catch((error: unknown) => error);
    await server.sql("GRANT SELECT ON pg_roles, pg_auth_members TO public");
    expect(failure).toBeInstanceOf(HalfMade);
    expect(failure).toMatchObject({ kept: { id: "unread", outputs: { name: "unread" } } });
    expect((failure as Error).message).toContain("it was made, but not read back: permission denied");
  });

  test("a user that may not read passwords is told what to set", async () => {
    await server.sql("CREATE ROLE humble LOGIN CREATEROLE PASSWORD 'x'");
    const credentials = { username: "humble", password: "x" };
    const news = { name: "pupil", login: true, password: "y" };
    const strict = connect(server.config(credentials));
    const made = await strict.create("Role", news);
    await expect(strict.refresh(made)).rejects.toThrow(
      '"humble" is no superuser and cannot read passwords: set superuser to false',
    );
    const lenient = connect(server.config({ ...credentials, superuser: false }));
    expect((await lenient.refresh(made))?.outputs.password).toBe("y");
    await lenient.delete(made);
  });
});

describe("a connection that is lost", () => {
  const WAITING =
    "SELECT FROM pg_stat_activity WHERE application_name = 'pulumi' AND wait_event_type = 'Lock'";
  /** Somebody else holds what a statement wants, until they are ended together. */
  const HELD = "SELECT FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)' AND wait_event = 'PgSleep'";
  const END =
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'pulumi' OR query LIKE '%pg_sleep(60)'";

  test("while a statement runs is an error, and the next operation connects anew", async () => {
    const made = await engine.create("Role", { name: "patient" });
    const holding = server
      .sql("BEGIN; ALTER ROLE patient CONNECTION LIMIT 1; SELECT pg_sleep(60)")
      .catch(() => undefined);
    await until(HELD);
    const waiting = expect(engine.update(made, { name: "patient", connectionLimit: 5 })).rejects.toThrow(
      /terminating connection|lost the connection/,
    );
    await until(WAITING);
    await server.sql(END);
    await Promise.all([waiting, holding]);
    expect((await engine.update(made, { name: "patient", connectionLimit: 5 })).outputs.connectionLimit).toBe(
      5,
    );
  });

  test("while nothing runs goes unnoticed", async () => {
    await engine.import("Role", "postgres");
    await server.sql(END);
    await until("SELECT WHERE NOT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'pulumi')");
    await sleep(500); // its last message has arrived, and the plugin has not let go of it by itself
    expect(await engine.import("Role", "postgres")).toBeDefined();
  });

  test("a statement without an answer is an error after the operator's time", async () => {
    const holding = server.sql(`BEGIN; CREATE ROLE ${role.name}; SELECT pg_sleep(60)`).catch(() => undefined);
    await until(HELD);
    const creating = expect(engine.create("Role", role, { timeoutSec: 5 })).rejects.toThrow(
      "gave no answer within 5 s: see what it does, or allow more by customTimeouts",
    );
    await until(WAITING); // an idle connection could be given up before the server stands still
    await server.pause();
    try {
      await creating;
    } finally {
      await server.resume();
    }
    await server.sql(END);
    await holding;
  });

  test("cancelling ends a statement at once, on the server too", async () => {
    const cancel = new AbortController();
    const holding = server.sql("BEGIN; CREATE ROLE cancelled; SELECT pg_sleep(5); ROLLBACK");
    await until("SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep'");
    const creating = engine.create("Role", { name: "cancelled" }, { signal: cancel.signal });
    const cancelled = expect(creating).rejects.toThrow("cancelled by the operator");
    await until(WAITING);
    cancel.abort(new Error("cancelled by the operator"));
    await cancelled;
    await until(`SELECT WHERE NOT EXISTS (${WAITING})`);
    expect(await server.sql("SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep'")).toHaveLength(1);
    await holding;
    expect(await engine.import("Role", "cancelled")).toBeUndefined();
  });

  /** What a create ends with that is cancelled once `query` has rows. */
  async function cancelledOnce(query: string, type: string, news: Properties): Promise<unknown> {
    const cancel = new AbortController();
    const creating = engine.create(type, news, { signal: cancel.signal }).catch((error: unknown) => error);
    await until(query);
    cancel.abort(new Error("cancelled by the operator"));
    return creating;
  }

  test("cancelling does not cut off the end of a transaction: what is made is in the state", async () => {
    await server.sql(`CREATE TABLE made ();
      CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(2); RETURN NULL; END';
      CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON made DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION wait();
      CREATE FUNCTION note() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO made DEFAULT VALUES; END';
      CREATE EVENT TRIGGER noted ON ddl_command_end WHEN TAG IN ('CREATE SCHEMA') EXECUTE FUNCTION note()`);
    const ending = "SELECT FROM pg_stat_activity WHERE query = 'COMMIT' AND wait_event = 'PgSleep'";
    const failure = await cancelledOnce(ending, "Schema", { name: "kept", database: "postgres" });
    await server.sql("DROP EVENT TRIGGER noted");
    expect(failure).toBeInstanceOf(HalfMade);
    expect((failure as Error).message).toBe("it was made, but not read back: cancelled by the operator");
    expect(failure).toMatchObject({ kept: { id: "postgres.kept", outputs: { name: "kept" } } });
    expect(await engine.import("Schema", "postgres.kept")).toBeDefined();
  });

  test("nor the making of a database, which is in no transaction", async () => {
    await server.sql("CREATE ROLE tenant");
    // Who gives something to a role waits for those who drop it.
    const holding = server.sql("BEGIN; DROP ROLE tenant; SELECT pg_sleep(3); ROLLBACK");
    await until("SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep'");
    const making =
      "SELECT FROM pg_stat_activity WHERE query LIKE 'CREATE DATABASE%' AND wait_event_type = 'Lock'";
    const failure = await cancelledOnce(making, "Database", { name: "let", owner: "tenant" });
    await holding;
    expect(failure).toBeInstanceOf(HalfMade);
    expect(failure).toMatchObject({ kept: { id: "let", outputs: { name: "let", owner: "tenant" } } });
    expect(await engine.import("Database", "let")).toBeDefined();
  });
});

test("no password is ever in the server's log, nor in an error", async () => {
  await server.sql("ALTER SYSTEM SET log_statement = 'all'");
  await server.sql("SELECT pg_reload_conf()");
  await until("SELECT WHERE current_setting('log_statement') = 'all'");
  const made = await engine.create("Role", { name: "secretive", login: true, password: "canary-one" });
  await engine.update(made, { name: "secretive", login: true, password: "canary-two" });
  const failing = engine.create("Role", { name: "secretive", password: "canary-three" });
  await expect(failing).rejects.toThrow("already exists");
  await expect(failing).rejects.not.toThrow("canary");
  const log = await server.log();
  expect(log).toContain('CREATE ROLE "secretive"'); // the log does show statements
  expect(log).not.toContain("canary");
});

/** Waits until a query has rows. */
async function until(query: string): Promise<void> {
  await eventually(query, async () => (await server.sql(query)).length > 0, {
    withinMs: 10_000,
    everyMs: 50,
  });
}
