import { Secret } from "@pulumi/policy";
import { textsOf, unveiled } from "../../../policy/marks.ts";
import { newSecretRules } from "../../../policy/rules/secrets.ts";

const PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\n";

const base64 = (text: string): string => Buffer.from(text).toString("base64");

const [isMarked, isInOpen, isCopied] = ["secrets-are-marked", "no-secrets-in-the-open", "no-plain-copies"];

/** What a rule says of resources that come one after the other. */
function faultsOf(
  rule: string | undefined,
  ...resources: readonly [token: string, inputs: object][]
): string[] {
  const found = newSecretRules().find(({ name }) => name === rule);
  if (found === undefined) throw new Error(`no rule ${String(rule)}`);
  return resources.flatMap(([token, inputs], index) =>
    found.check({ token, name: `thing-${index}`, texts: textsOf(inputs) }),
  );
}

const CONTAINER = "docker:index/container:Container";
const REALM = "keycloak:index/realm:Realm";

const smtp = (password: unknown): object => ({ smtpServer: { auth: { username: "u", password } } });

describe("what must be marked", () => {
  test.each([
    ["a realm's SMTP password", REALM, smtp("hunter2"), "smtpServer.auth.password"],
    [
      "a client secret",
      "keycloak:oidc/identityProvider:IdentityProvider",
      { clientSecret: "s" },
      "clientSecret",
    ],
    [
      "an LDAP password",
      "keycloak:ldap/userFederation:UserFederation",
      { bindCredential: "s" },
      "bindCredential",
    ],
    [
      "a captcha's key",
      "keycloak:authentication/executionConfig:ExecutionConfig",
      { config: { "secret.key": "s" } },
      "config.secret.key",
    ],
    [
      "a first password",
      "keycloak:index/user:User",
      { initialPassword: { value: "s" } },
      "initialPassword.value",
    ],
    ["a role's password", "postgresql:index/role:Role", { password: "s" }, "password"],
    ["a private key in a file", CONTAINER, { uploads: [{ content: `ssl\n${PEM}` }] }, "uploads[0].content"],
    [
      "a private key in base64",
      CONTAINER,
      { uploads: [{ contentBase64: base64(`first\n${PEM}`) }] },
      "uploads[0].contentBase64",
    ],
    [
      "a private key in base64, in lines",
      CONTAINER,
      { uploads: [{ contentBase64: base64(`first ${PEM}`).replaceAll(/.{20}/g, "$&\n") }] },
      "uploads[0].contentBase64",
    ],
    [
      "a private key in base64 in a command",
      CONTAINER,
      { command: ["sh", "-c", `echo "${base64(PEM)}" | base64 -d`] },
      "command[2]",
    ],
  ])("%s", (_, token, inputs, path) => {
    expect(faultsOf(isMarked, [token, inputs])).toEqual([
      `${path} is not marked as secret; wrap it in pulumi.secret`,
    ]);
  });

  test("is in order once it is marked, whole or as a part of something", () => {
    expect(faultsOf(isMarked, [REALM, smtp(new Secret("hunter2"))])).toEqual([]);
    expect(
      faultsOf(isMarked, [REALM, { smtpServer: new Secret({ auth: { password: "hunter2" } }) }]),
    ).toEqual([]);
    const uploads = [{ content: new Secret(PEM) }, { contentBase64: new Secret(base64(PEM)) }];
    expect(faultsOf(isMarked, [CONTAINER, { uploads }])).toEqual([]);
  });

  test("does not include a certificate, in base64 or not", () => {
    const certificate = PEM.replaceAll("RSA PRIVATE KEY", "CERTIFICATE");
    const uploads = [{ content: certificate }, { contentBase64: base64(certificate) }];
    expect(faultsOf(isMarked, [CONTAINER, { uploads }])).toEqual([]);
  });

  test("does not include what only sounds like it", () => {
    const inputs = {
      passwordPolicy: "length(12)",
      clientAuthenticatorType: "client-secret",
      clientSecret: "",
    };
    expect(faultsOf(isMarked, [REALM, inputs])).toEqual([]);
  });
});

describe("what the engine shows of a container", () => {
  test.each([
    ["a variable that is a secret by its name", { envs: ["LANG=C", "SMTP_PASSWORD=hunter2"] }, "envs[1]"],
    ["a marked variable", { envs: [new Secret("X=hunter2")] }, "envs[0]"],
    ["a marked argument", { command: ["--password", new Secret("hunter2")] }, "command[1]"],
    ["an option with its value", { command: ["--db-password=hunter2"] }, "command[0]"],
    ["an option before its value", { entrypoints: ["run", "--client-secret", "hunter2"] }, "entrypoints[2]"],
    ["a variable of a script", { command: ["-c", "export DB_PASSWORD='hunter2'; run"] }, "command[1]"],
    ["an option in a script", { command: ["-c", "run --api-token hunter2"] }, "command[1]"],
    [
      "a check's option",
      { healthcheck: { tests: ["CMD", "check", "token=hunter2"] } },
      "healthcheck.tests[2]",
    ],
    ["a login in a URL", { command: ["postgres://me:hunter2@postgres/db"] }, "command[0]"],
    ["a label by its name", { labels: [{ label: "smtp.password", value: "hunter2" }] }, "labels[0].value"],
    ["a label by its value", { labels: [{ label: "run", value: "x --secret=hunter2" }] }, "labels[0].value"],
    ["a marked label", { labels: [{ label: "a", value: new Secret("hunter2") }] }, "labels[0].value"],
  ])("refused: %s", (_, inputs, path) => {
    expect(faultsOf(isInOpen, [CONTAINER, inputs])).toEqual([
      `${path} holds a secret; give it as a file, by ConfigVolume`,
    ]);
  });

  test.each([
    [
      "where a secret stands",
      ["--password-file=/etc/sso/password", "--secret=/run/sso/secret", "--token=$TOKEN"],
    ],
    ["where it stands, before and after", ["--password-file", "/etc/sso/x", "--token", "/run/sso/token"]],
    [
      "a script that reads it",
      ["-c", 'password="$(cat /etc/sso/password)"; run --password "$password" --token'],
    ],
    ["an option without a value", ["--password=", "--token", "--verbose", "--secret", "-v"]],
    ["words and addresses", ["token", "hunter2", "compass=north", "https://id.example.org:8443/a@b"]],
  ])("passes: %s", (_, command) => {
    expect(faultsOf(isInOpen, [CONTAINER, { command, entrypoints: command }])).toEqual([]);
  });

  test("passes: files, other variables, other resources", () => {
    const inputs = { envs: ["LANG=C"], uploads: [{ content: new Secret("hunter2") }] };
    expect(faultsOf(isInOpen, [CONTAINER, inputs])).toEqual([]);
    expect(faultsOf(isInOpen, [REALM, { command: [new Secret("x")] }])).toEqual([]);
  });
});

describe("a secret that another resource shows", () => {
  const secret: [string, object] = [REALM, smtp(new Secret("correct horse battery"))];
  const copy: [string, object] = [CONTAINER, { command: ["--login=me:correct horse battery"] }];

  test.each([
    ["after", [secret, copy], "command[0] of thing-1 shows the secret smtpServer.auth.password of thing-0"],
    ["before", [copy, secret], "command[0] of thing-0 shows the secret smtpServer.auth.password of thing-1"],
  ])("is found when it comes %s", (_, resources, said) => {
    expect(faultsOf(isCopied, ...resources)).toEqual([`${said}; mark it as secret too`]);
  });

  test("is no copy when it is marked too, or so short that it may be chance", () => {
    expect(
      faultsOf(isCopied, secret, [CONTAINER, { command: [new Secret("correct horse battery")] }]),
    ).toEqual([]);
    expect(faultsOf(isCopied, [REALM, smtp(new Secret("true"))], [CONTAINER, { command: ["true"] }])).toEqual(
      [],
    );
  });

  test("is no copy of what only stands in a list that is marked as a whole", () => {
    const uploads = new Secret([{ file: "/run/order.json", content: "correct horse battery" }]);
    expect(faultsOf(isCopied, [CONTAINER, { uploads, command: ["/run/order.json"] }])).toEqual([]);
  });

  test("is never said aloud", () => {
    expect(faultsOf(isCopied, secret, copy).join()).not.toContain("horse");
  });
});

test("inputs that @pulumi/policy gives in another form are an error, not a pass", () => {
  expect(() => unveiled({ password: "hunter2" })).toThrow(/in another form/);
});
