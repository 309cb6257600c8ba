import fc from "fast-check";
import { renderKeycloakConf, type KeycloakConfArgs } from "../../components/keycloak/render.ts";

const ARGS: KeycloakConfArgs = {
  publicUrl: "https://id.example.org",
  consoleUrl: "https://127.0.0.1:9443",
  database: { host: "postgres", port: 5432, name: "keycloak", username: "keycloak", password: "db-secret" },
  bootstrapClient: { id: "pulumi", secret: "client-secret" },
  logLevel: "info",
};

/** Options of `keycloak.conf` by name, as the image's entrypoint reads them. */
function optionsOf(conf: string): Map<string, string> {
  const lines = conf.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]));
}

function withPassword(password: string): KeycloakConfArgs {
  return { ...ARGS, database: { ...ARGS.database, password } };
}

describe("keycloak.conf", () => {
  test("for a deployment", () => {
    expect(renderKeycloakConf(ARGS)).toMatchSnapshot();
  });

  test("the database URL without its prefix is libpq's too, and both check the server's name", () => {
    const jdbc = optionsOf(renderKeycloakConf(ARGS)).get("db-url") ?? "";
    const url = new URL(jdbc.replace(/^jdbc:/, ""));
    expect([url.protocol, url.host, url.pathname]).toEqual(["postgresql:", "postgres:5432", "/keycloak"]);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      sslmode: "verify-full",
      sslrootcert: "/etc/sso-tls/ca.crt",
    });
  });

  test("a secret comes through as it is, whatever printable characters it has", () => {
    const secret = fc.stringMatching(/^[\x21-\x23\x25-\x5b\x5d-\x7e]+$/);
    fc.assert(
      fc.property(secret, (password) => {
        expect(optionsOf(renderKeycloakConf(withPassword(password))).get("db-password")).toBe(password);
      }),
    );
  });

  test.each([
    ["a line break", "x\nhttp-enabled=true"],
    ["an expression", "${env.PATH}"],
    ["a backslash", "a\\b"],
    ["a space", " padded"],
    ["a letter outside ASCII", "pässword"],
    ["nothing", ""],
  ])("a secret with %s is refused without being shown", (_, password) => {
    const render = () => renderKeycloakConf(withPassword(password));
    expect(render).toThrow(
      new Error("db-password must be printable ASCII without spaces, backslashes and dollar signs"),
    );
  });
});
