/** The parts of the postgresql plugin that need no server. */
import type { Properties } from "../../plugins/core/definition.ts";
import { Provider } from "../../plugins/core/provider.ts";
import { isHeld } from "../../plugins/postgresql/privileges.ts";
import { plugin } from "../../plugins/postgresql/plugin.ts";
import {
  readSettings as readRoleSettings,
  settingStatements,
} from "../../plugins/postgresql/role-settings.ts";
import { isPasswordOf, verifierOf } from "../../plugins/postgresql/scram.ts";
import { readSettings } from "../../plugins/postgresql/settings.ts";

describe("the provider's settings", () => {
  test("have the official defaults", () => {
    expect(readSettings({}, {})).toMatchObject({
      host: "localhost",
      port: 5432,
      user: "postgres",
      role: "postgres",
      database: "postgres",
      superuser: true,
      connectTimeoutSec: 180,
      maxConnections: 20,
      ssl: { rejectUnauthorized: false },
    });
  });

  test("come from libpq's variables where the program is silent", () => {
    const environment = {
      PGHOST: "db",
      PGPORT: "6000",
      PGUSER: "me",
      PGPASSWORD: "pw",
      PGDATABASE: "shop",
      PGSUPERUSER: "false",
    };
    const settings = readSettings({ host: "other", databaseUsername: "mapped" }, environment);
    expect(settings).toMatchObject({
      host: "other",
      port: 6000,
      user: "me",
      password: "pw",
      database: "shop",
    });
    expect(settings).toMatchObject({ role: "mapped", superuser: false });
  });

  test.each<[Properties, object | false]>([
    [{ sslmode: "disable" }, false],
    [{ sslMode: "disable" }, false],
    [{ sslmode: "verify-full" }, { rejectUnauthorized: true }],
    [
      { sslmode: "require", sslrootcert: "CA", clientcert: { cert: "CERT", key: "KEY", sslinline: true } },
      { rejectUnauthorized: true, ca: "CA", cert: "CERT", key: "KEY" },
    ],
  ])("%j", (config, ssl) => {
    const read = readSettings(config, {}).ssl;
    if (ssl === false) expect(read).toBe(false);
    else expect(read).toMatchObject(ssl);
  });

  test("another scheme is refused", () => {
    expect(() => readSettings({ scheme: "gcppostgres" }, {})).toThrow('scheme is "gcppostgres"');
  });
});

describe("passwords", () => {
  // The example of RFC 7677: password "pencil".
  const stored =
    "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=";

  test.each<[string, string, boolean]>([
    [stored, "pencil", true],
    [stored, "Pencil", false],
    [stored, stored, true],
    ["md520eb1b22a92b5c573dc1eb4331fc49ee", "secret", true],
    ["md520eb1b22a92b5c573dc1eb4331fc49ee", "Secret", false],
    ["", "pencil", false],
  ])("%s of %s: %s", async (kept, password, is) => {
    await expect(isPasswordOf(kept, password, "user")).resolves.toBe(is);
  });

  test("have a salt of their own each time, and a verifier stays as it is", async () => {
    const [one, two] = await Promise.all([verifierOf("x"), verifierOf("x")]);
    expect(one).toMatch(/^SCRAM-SHA-256\$4096:.{24}\$.{44}:.{44}$/);
    expect(one).not.toBe(two);
    await expect(isPasswordOf(two, "x", "user")).resolves.toBe(true);
    await expect(verifierOf(stored)).resolves.toBe(stored);
  });
});

describe("settings of a role", () => {
  test.each<[string, unknown]>([
    ["250", 250],
    ["5s", 5000],
    ["'2 min'", 120_000],
    ["1h", 3_600_000],
  ])("statement_timeout=%s is %s ms", (kept, value) => {
    expect(readRoleSettings([`statement_timeout=${kept}`]).statementTimeout).toBe(value);
  });

  test("names in a search path are unquoted, and others do not get in the way", () => {
    const kept = ['search_path="$user", app, "odd ""name"""', "role=team", "rolex=no"];
    expect(readRoleSettings(kept)).toEqual({
      searchPaths: ["$user", "app", 'odd "name"'],
      assumeRole: "team",
      statementTimeout: 0,
      idleInTransactionSessionTimeout: 0,
    });
    expect(readRoleSettings(null)).toMatchObject({ searchPaths: [], assumeRole: "" });
  });

  test("only what changes is told to the server", () => {
    const old = { statementTimeout: 5, searchPaths: ["a"], assumeRole: "x" };
    const next = { statementTimeout: 5, searchPaths: ["a", 'b"c'], idleInTransactionSessionTimeout: 7 };
    expect(settingStatements(old, next)).toEqual([
      'SET search_path TO "a", "b""c"',
      "SET idle_in_transaction_session_timeout TO 7",
      "RESET role",
    ]);
  });
});

describe("privileges", () => {
  test.each<[readonly string[], readonly string[], string, number, boolean]>([
    [["CREATE", "USAGE"], ["USAGE", "CREATE"], "schema", 150_000, true],
    [["CREATE", "USAGE"], ["ALL"], "schema", 150_000, true],
    [["USAGE"], ["ALL"], "schema", 150_000, false],
    [
      ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"],
      ["ALL"],
      "table",
      160_000,
      true,
    ],
    [
      ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"],
      ["ALL"],
      "table",
      170_000,
      false,
    ],
  ])("%j for %j on a %s of version %s: %s", (held, wanted, type, version, is) => {
    expect(isHeld(held, wanted, type, version)).toBe(is);
  });
});

describe("check", () => {
  const provider = new Provider(plugin);
  const faults = (token: string, news: Properties): string[] =>
    provider.check(token, { name: "x", olds: {}, news }).failures.map(({ property }) => property);

  test.each<[Properties, string[]]>([
    [{ password: "a", passwordWo: "b", passwordWoVersion: "1" }, ["passwordWo"]],
    [{ passwordWo: "b" }, ["passwordWoVersion"]],
    [{ encryptedPassword: false }, ["encryptedPassword"]],
    [{ connectionLimit: -2 }, ["connectionLimit"]],
    [{ statementTimeout: -1 }, ["statementTimeout"]],
    [{ searchPaths: ["a, b"] }, ["searchPaths"]],
    [{ password: "a", connectionLimit: 0 }, []],
  ])("Role %j", (news, properties) => {
    expect(faults("postgresql:index/role:Role", news)).toEqual(properties);
  });

  test("a schema's policies are refused with what to use", () => {
    expect(faults("postgresql:index/schema:Schema", { policies: [{ role: "x", usage: true }] })).toEqual([
      "policies",
    ]);
  });

  test("what is not known yet has no fault", () => {
    const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    const news = {
      role: unknown,
      database: unknown,
      schema: unknown,
      objectType: "table",
      objects: unknown,
      privileges: unknown,
    };
    expect(faults("postgresql:index/grant:Grant", news)).toEqual([]);
  });
});
