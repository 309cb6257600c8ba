import { Naming } from "../../components/host/naming.ts";
import { outputOf, run as runCommand } from "../stack/commands.ts";
import { docker } from "../stack/containers.ts";
import { addEntry, modifyEntry } from "../stack/directory.ts";
import { ALIAS_DOMAIN } from "../stack/dns.ts";
import { adminApi } from "../stack/keycloak.ts";
import { BROKER } from "../stack/outside.ts";
import { sharedStack } from "../stack/shared.ts";

const stack = sharedStack();

const run = (...words: string[]): string => outputOf(words, stack);

test("npm run sync has Keycloak read every account of the directory", () => {
  expect(run("automation/sync.ts", stack.name)).toMatch(
    /^realm community: \d+ imported users?, \d+ updated users?/,
  );
});

test("npm run sync --changed reads what somebody changed in the directory since", async () => {
  addEntry(stack, "aldous", { mail: "aldous@people.test" });
  const found = (): Promise<object[]> => adminApi(stack).get("/community/users?search=sn-new-to-keycloak");
  run("automation/sync.ts", stack.name);
  modifyEntry(stack, "aldous", "sn", "sn-new-to-keycloak");
  expect(await found()).toEqual([]); // control
  expect(run("automation/sync.ts", stack.name, "--changed")).toMatch(
    /^realm community: .*[1-9] updated user/,
  );
  expect(await found()).toMatchObject([{ username: "aldous", lastName: "sn-new-to-keycloak" }]);
});

test("npm run sync says how many got no alias, and npm run accounts lists them", () => {
  addEntry(stack, "phyllis", { ssoMailAlias: `phil@${ALIAS_DOMAIN}` });
  addEntry(stack, "phil", {});
  addEntry(stack, "philomena", {}); // control: gets one
  const [, command = ""] =
    /^realm community: 1 without an alias, .*: npm run accounts -- (.*)$/m.exec(
      run("automation/sync.ts", stack.name),
    ) ?? [];
  expect(run("automation/accounts.ts", ...command.split(" "), "--csv")).toMatch(
    /^username,.*\nphil,[^\n]*\n$/,
  );
  const inBrokerRealm = runCommand(
    ["automation/accounts.ts", "list", "--without-alias", "--stack", stack.name, "--realm", BROKER],
    stack,
  );
  expect(inBrokerRealm).toMatchObject({
    status: 1,
    error: expect.stringMatching(/^error: realm \w+ gives no aliases: it has no aliasDomain/) as string,
  });
});

test("npm run up on a stack that is up changes nothing and says how to use it", () => {
  const out = run("automation/up.ts", stack.name);
  expect(out).toMatch(/Resources:\n\s+\d+ unchanged/);
  expect(out).toContain(`Stack ${stack.name} is up: https://${stack.domain}`);
  expect(out).toContain(`community: https://${stack.domain}/realms/community/account/`);
  expect(out).toMatch(/curl --cacert \.state\/test-\w+\.ca\.pem/);
});

describe("npm run services", () => {
  const secret = stack.view.realms.community?.services.app?.[0]?.clientSecret ?? "";

  test("lists every service", () => {
    expect(run("automation/services.ts", "list", stack.name)).toMatch(
      /^community +lists +mailman3 +openid-connect +https:\/\/lists\.services\.test:8444/m,
    );
  });

  test("shows what to paste into a service, its secret only on request", () => {
    expect(secret).toMatch(/^[A-Za-z0-9]{48}$/);
    const hidden = run("automation/services.ts", "show", "app", stack.name);
    expect(hidden).toContain("client ID: app\nclient secret: SECRET\n");
    expect(hidden).not.toContain(secret);
    const shown = run("automation/services.ts", "show", "app", stack.name, "--secret");
    expect(shown).toContain(`client secret: ${secret}\n`);
  });

  test("shows Atlassian the certificate that responses are signed with", () => {
    const shown = run("automation/services.ts", "show", "atlassian", stack.name);
    expect(shown).toMatch(/-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\n]{500,}\n-----END CERTIFICATE-----/);
    expect(shown).toContain(`Identity provider Entity ID: https://${stack.domain}/realms/community\n`);
  });

  test("names the services there are when asked for another", () => {
    expect(() => run("automation/services.ts", "show", "gerrit", stack.name)).toThrow(
      /no service gerrit; there are app, page, rotated, docs, lists, zuul, atlassian, library/,
    );
  });
});

describe("npm run status", () => {
  test("has a row for each service: health, version, certificate, and what there is to say besides", () => {
    const rows = run("automation/status.ts", stack.name);
    expect(rows).toMatch(/^SERVICE +HEALTH +VERSION +CERTIFICATE +BESIDES$/m);
    expect(rows).toMatch(/^keycloak +healthy +26\.7\.4 +\d{3} days +community synced 20\d\d-/m);
    expect(rows).toMatch(/^postfix +healthy +3\.7\.\S+ +\d{3} days +queue: 0$/m);
    for (const service of ["mail-sink", "nginx", "openldap", "postgres", "simplesamlphp"])
      expect(rows).toMatch(new RegExp(`^${service} +healthy +\\d\\S+ +\\d{3} days$`, "m"));
    expect(rows).toMatch(/^knot +healthy +3\.\S+$/m);
  });

  test("names a service that is down, and one whose container is gone, and ends in error", () => {
    const naming = new Naming(stack.name);
    docker("stop", "--time", "5", naming.of("mail-sink"));
    docker("rename", naming.of("knot"), `gone-${naming.of("knot")}`);
    const { status, output, error } = runCommand(["automation/status.ts", stack.name], stack);
    docker("rename", `gone-${naming.of("knot")}`, naming.of("knot"));
    docker("start", naming.of("mail-sink"));
    expect(status).toBe(1);
    expect(output).toMatch(/^mail-sink +exited$/m);
    expect(output).toMatch(/^knot +missing$/m);
    expect(error).toContain("knot is missing: ");
    expect(error).toContain(`mail-sink is exited; see: docker logs ${naming.of("mail-sink")}`);
  });
});

test.each([
  ["automation/status.ts", "--help"],
  ["automation/mail.ts", "--help"],
  ["automation/up.ts", "--help"],
  ["automation/sync.ts", "--help"],
  ["automation/settings.ts", "--help"],
  ["automation/services.ts", "--help"],
  ["automation/dns.ts", "--help"],
])("%s %s says how it is used", (script, option) => {
  expect(run(script, option)).toMatch(/^usage: npm run \w+/);
});

test("the stack file of dev passes its check", () => {
  expect(run("automation/settings.ts", "check", "dev")).toBe("Pulumi.dev.yaml is in order.\n");
});

test.each(["staging", "production"])("the stack file of %s does too, but for the secrets to set", (name) => {
  const [verdict, call, ...commands] = run("automation/settings.ts", "check", name).trimEnd().split("\n");
  expect(verdict).toBe(`Pulumi.${name}.yaml is in order.`);
  expect(call).toBe(`Before npm run up -- ${name}, set its secrets:`);
  expect(commands).toContain(`  pulumi config set --stack ${name} --secret --path sso:secrets.smtp.password`);
});
