import { renderPgHbaConf, renderPostgresqlConf } from "../../components/postgres/render.ts";

/** Numbers of `postgresql.conf` by name, in MiB. */
function memoryOf(conf: string, setting: string): number {
  const [, value, unit] = new RegExp(`^${setting} = (\\d+)(kB|MB)$`, "m").exec(conf) ?? [];
  return Number(value) / (unit === "kB" ? 1024 : 1);
}

describe("postgresql.conf", () => {
  test("for 256 MiB", () => {
    expect(renderPostgresqlConf(256)).toMatchSnapshot();
  });

  test.each([128, 256, 1024, 16_384])("what %d MiB are split into stays within them", (memoryMiB) => {
    const conf = renderPostgresqlConf(memoryMiB);
    const fixed = memoryOf(conf, "shared_buffers") + memoryOf(conf, "maintenance_work_mem");
    const [, connections] = /^max_connections = (\d+)$/m.exec(conf) ?? [];
    // One sort in every fourth connection: Keycloak's statements rarely sort at all.
    const sorting = (memoryOf(conf, "work_mem") * Number(connections)) / 4;
    expect(fixed + sorting).toBeLessThan(memoryMiB);
  });

  test("statements' parameters never reach the log: they can be secrets", () => {
    expect(renderPostgresqlConf(256)).toContain("log_parameter_max_length = 0");
  });
});

test("pg_hba.conf lets nobody in without TLS and a password, but the server's own user on its socket", () => {
  const rules = renderPgHbaConf()
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.split(/\s+/));
  expect(rules).toEqual([
    ["local", "all", "postgres", "peer"],
    ["hostssl", "all", "all", "all", "scram-sha-256"],
  ]);
});
