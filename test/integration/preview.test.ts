import * as fs from "node:fs";
import * as path from "node:path";
import { type Ended, run, up } from "../stack/commands.ts";
import { federationOf } from "../stack/federation.ts";
import { adminApi } from "../stack/keycloak.ts";
import { COMMUNITY } from "../stack/services.ts";
import { sharedStack } from "../stack/shared.ts";
import { settingsOf, stackFileOf, writeStackFile } from "../stack/throwaway.ts";

const stack = sharedStack();

const preview = (
  options: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
): Ended => run(["automation/preview.ts", stack.name, ...options], stack, environment);

/** Runs `use` while the stack file says something else. */
function withSettings<Result>(
  change: (realms: Record<string, unknown>[]) => void,
  use: () => Result,
): Result {
  const before = fs.readFileSync(stackFileOf(stack));
  const settings = settingsOf(stack);
  const realms = structuredClone(settings.realms) as Record<string, unknown>[];
  change(realms);
  writeStackFile(stack, { ...settings, realms });
  try {
    return use();
  } finally {
    fs.writeFileSync(stackFileOf(stack), before);
  }
}

const trustEverybody = (realms: Record<string, unknown>[]): void => {
  const [first] = realms[1]?.identityProviders as Record<string, unknown>[];
  if (first !== undefined) first.trustEmail = true;
};

describe("a preview", () => {
  test("of what is as it should be ends with 0", () => {
    const { status, output } = preview();
    expect(output).toMatch(/^Stack test-\w+: no changes\n-+\n\d+ unchanged\.\n$/);
    expect(status).toBe(0);
  });

  test("of a change names it, folded for a pull request, and ends with 2", () => {
    const { status, output } = withSettings(
      ([realm]) => Object.assign(realm ?? {}, { displayName: "Another name" }),
      () => preview(["--format", "markdown"]),
    );
    expect(output).toContain("**To change**");
    expect(output).toContain("<details><summary>realm-community-realm (keycloak Realm)</summary>");
    expect(output).toContain("- displayName: Community\n  + displayName: Another name\n");
    expect(output).not.toContain(stack.view.admin.clientSecret);
    expect(status).toBe(2);
  });

  test("of a realm under another name says in bold that the first one is lost", () => {
    const { output } = withSettings(
      ([realm]) => Object.assign(realm ?? {}, { name: "renamed" }),
      () => preview(["--format", "markdown"]),
    );
    expect(output).toContain("- **realm-community-realm (keycloak Realm), to delete**");
  });

  test("of what a policy refuses names the rule and ends with 1", () => {
    const { status, output } = withSettings(trustEverybody, preview);
    expect(output).toMatch(
      /^ {2}trusted-email: realm-developers-identity-providers-github: trustEmail is true; .*exceptions\.ts/m,
    );
    expect(status).toBe(1);
  });

  test("without the passphrase checks what it can", () => {
    const none = { PULUMI_CONFIG_PASSPHRASE: "" };
    const { status, output } = preview([], none);
    expect(output).toMatch(/: checked\n-+\nSettings, program and policies were checked, \d{3} resources\./);
    expect(output).toContain("this run has no passphrase for the stack");
    expect(status).toBe(0);
  });

  test("without the stack's state says so, instead of that all is to be made", () => {
    const empty = fs.mkdtempSync(path.join(stack.folder, "empty-"));
    const { status, output } = preview([], { PULUMI_BACKEND_URL: `file://${empty}` });
    expect(output).toMatch(/: checked\n-+\nSettings, program and policies were checked, \d{3} resources\./);
    expect(output).toContain("the stack's state is not here; set PULUMI_BACKEND_URL to where it is");
    expect(output).not.toMatch(/to make/i);
    expect(status).toBe(0);
  });

  test.each([
    [
      "a wrong passphrase",
      stack.name,
      { PULUMI_CONFIG_PASSPHRASE: "guess" },
      "the passphrase does not open stack test-",
    ],
    [
      "a host that does not answer",
      stack.name,
      { DOCKER_HOST: "tcp://127.0.0.1:9" },
      "cannot reach the Docker engine at tcp://127.0.0.1:9",
    ],
    ["an unknown stack", "prodution", {}, "no stack prodution: Pulumi.prodution.yaml is missing; there are "],
    [
      "states elsewhere",
      "staging",
      {},
      "stack staging has not been brought up from these states; set PULUMI_BACKEND_URL",
    ],
  ])("with %s ends with 1 and one message", (_, name, environment, said) => {
    const { status, output } = run(["automation/preview.ts", name, "--drift"], stack, environment);
    expect(output).toMatch(/^Stack [\w-]+: failed\n-+\n {2}[^\n]+\n$/);
    expect(output).toContain(said);
    expect(status).toBe(1);
  });
});

describe("drift", () => {
  const api = adminApi(stack);

  /** Runs `use` after somebody has changed a client in Keycloak's console. */
  async function withClient<Result>(clientId: string, change: object, use: () => Result): Promise<Result> {
    const [client] = await api.get<{ readonly id: string }[]>(`/${COMMUNITY}/clients?clientId=${clientId}`);
    if (client === undefined) throw new Error(`no client ${clientId}`);
    const path = `/${COMMUNITY}/clients/${client.id}`;
    const secret = stack.view.realms[COMMUNITY]?.services[clientId]?.[0]?.clientSecret;
    await api.put(path, { ...client, ...change });
    try {
      return use();
    } finally {
      await api.put(path, { ...client, ...(secret === undefined ? {} : { secret }) });
    }
  }

  test("none ends with 0", () => {
    const { status, output } = preview(["--drift"]);
    expect(output).toMatch(/^Stack test-\w+: no drift\n/);
    expect(status).toBe(0);
  });

  test("what was changed in the console is named, secrets are not shown", async () => {
    const secret = "changed-by-hand-in-the-console";
    const { status, output } = await withClient("docs", { name: "By hand", secret }, () =>
      preview(["--drift"]),
    );
    expect(output).toMatch(/^Stack test-\w+: drift\n-+\n1 changed, \d+ unchanged\.\n/);
    expect(output).toContain("realm-community-services-docs-client (keycloak openid Client)");
    expect(output).toMatch(/^ +- name: .*\n +\+ name: By hand$/m);
    expect(output).toContain("clientSecret: [secret]");
    expect(output).not.toContain(secret);
    expect(status).toBe(2);
  });

  test("what was added in the console is named", async () => {
    const [docs] = await api.get<{ readonly id: string }[]>(`/${COMMUNITY}/clients?clientId=docs`);
    const flows = await api.get<{ readonly alias: string; readonly builtIn: boolean }[]>(
      `/${COMMUNITY}/authentication/flows`,
    );
    const flow = flows.find(({ builtIn }) => !builtIn);
    const additions = [
      [`/${COMMUNITY}/clients`, { clientId: "by-hand" }, "community/by-hand (keycloak Client)"],
      [
        `/${COMMUNITY}/clients/${docs?.id ?? ""}/protocol-mappers/models`,
        { name: "admin", protocol: "openid-connect", protocolMapper: "oidc-hardcoded-role-mapper" },
        "community/docs/admin (keycloak ProtocolMapper)",
      ],
      [
        `/${COMMUNITY}/identity-provider/instances`,
        { alias: "mine", providerId: "github" },
        "community/mine (keycloak IdentityProvider)",
      ],
      [
        "/developers/identity-provider/instances/github/mappers",
        {
          name: "admin",
          identityProviderAlias: "github",
          identityProviderMapper: "oidc-hardcoded-role-idp-mapper",
        },
        "developers/github/admin (keycloak IdentityProviderMapper)",
      ],
      [
        `/${COMMUNITY}/authentication/flows`,
        { alias: "lax", providerId: "basic-flow", topLevel: true },
        "community/lax (keycloak authentication Flow)",
      ],
      [
        "/master/clients",
        { clientId: "backdoor", serviceAccountsEnabled: true },
        "master/backdoor (keycloak Client)",
      ],
      [
        `/${COMMUNITY}/components`,
        {
          name: "everybody",
          providerId: "hardcoded-ldap-role-mapper",
          providerType: "org.keycloak.storage.ldap.mappers.LDAPStorageMapper",
          parentId: (await federationOf(stack, COMMUNITY)).id,
          config: { role: ["realm-management.realm-admin"] },
        },
        "community/everybody (keycloak ldap Mapper)",
      ],
      [
        `/${COMMUNITY}/authentication/flows/${flow?.alias ?? ""}/executions/execution`,
        { provider: "auth-cookie" },
        `community/${flow?.alias ?? ""}/Cookie (keycloak authentication Execution)`,
        `/${COMMUNITY}/authentication/executions`,
      ],
    ] as const;
    const added: string[] = [];
    try {
      for (const [collection, body, , removedFrom = collection] of additions)
        added.push(`${removedFrom}/${await api.post(collection, body)}`);
      const { status, output } = preview(["--drift"]);
      expect(output).toMatch(/^Stack test-\w+: drift\n-+\n8 new, \d+ unchanged\.\n/);
      for (const [, , line] of additions) expect(output).toContain(`\n  ${line}\n`);
      expect(status).toBe(2);
    } finally {
      for (const each of added) await api.delete(each);
    }
  });
});

test("npm run up is refused what a policy refuses, and the message names rule and resource", () => {
  const { status, error } = withSettings(trustEverybody, () => up(stack));
  expect(error).toMatch(
    /^error: policies refuse stack test-\w+:\n {2}trusted-email: realm-developers-identity-providers-github: trustEmail is true/,
  );
  expect(status).toBe(1);
});
