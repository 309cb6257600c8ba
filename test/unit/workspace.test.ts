import * as fs from "node:fs";
import * as path from "node:path";
import * as automation from "@pulumi/pulumi/automation/index.js";
import type { Engine } from "../../automation/engine.ts";
import { PROJECT, treeOf } from "../../automation/project.ts";
import { readOutputs } from "../../automation/outputs.ts";
import { refuseSecond } from "../../automation/other-state.ts";
import {
  explained,
  lastErrors,
  openIfMade,
  openStack,
  openToBringUp,
  refusalsIn,
} from "../../automation/workspace.ts";

const OUTPUT = `Updating (dev):
 +  docker:index:Container web creating (0s) error: container "web": port taken
Diagnostics:
  pulumi:pulumi:Stack (sso-dev):
    error: update failed

  docker:index:Container (web):
    error: container "web" did not become healthy within 60 s; its last lines:
      one
      \ttwo

  docker:index:Container (db):
    error: container "db": 127.0.0.1:5432 is taken

Resources:
    2 errored
`;

test("an operator gets every message of a failed update, whole and once", () => {
  expect(lastErrors(OUTPUT)).toBe(
    [
      'container "web" did not become healthy within 60 s; its last lines:',
      "  one",
      "  \ttwo",
      'container "db": 127.0.0.1:5432 is taken',
    ].join("\n"),
  );
});

test("of a preview too", () => {
  const output =
    "Diagnostics:\n  docker (x):\n    error: Preview failed: no engine\n    error: preview failed\n";
  expect(lastErrors(output)).toBe("no engine");
});

test("of what never became an update too, once", () => {
  const output =
    "code: 1\n stderr: error: no passphrase\nerror: no passphrase\n err?: Command failed: pulumi stack init\nerror: no passphrase\n";
  expect(lastErrors(output)).toBe("no passphrase");
});

test("output without a message is handed on as it is", () => {
  expect(lastErrors("panic")).toBe("panic");
});

test("what is protected and no longer asked for is named once, with the command that lets go of it", async () => {
  const urns = ["realm-lists-realm", "lists-gh"].map(
    (name) => `urn:pulumi:dev::sso::sso:realm:BrokerRealm$keycloak::${name}`,
  );
  const output = [...urns, urns[0] ?? ""]
    .map((urn) => `error: resource "${urn}" cannot be deleted\nbecause it is protected. To unprotect …`)
    .join("\n");
  const failure = new automation.CommandError(output);
  await expect(explained("dev", () => Promise.reject(failure))).rejects.toThrow(
    "realm-lists-realm, lists-gh: protected, for data goes with it, but Pulumi.dev.yaml no longer has it",
  );
  await expect(explained("dev", () => Promise.reject(failure))).rejects.toThrow(
    `pulumi state unprotect --yes --stack dev '${urns[0] ?? ""}' '${urns[1] ?? ""}'`,
  );
});

test("an operator gets what policies refuse: rule, resource and fault", () => {
  const output = `Policies:
    ❌ sso@v0.1.0 (local: policy)
        - [mandatory]  capabilities  (docker:index:Container: web-server-container)
          Refused: a container that keeps capabilities it does not need, or is privileged.
          privileged is true; leave it out
        - [advisory]  image-by-digest  (docker:index:Container: web-server-container)
          Refused: a tag.
          can't run policy
        - [mandatory]  restart-policy  (docker:index:Container: db)
          Refused: a service that stays down.
          restart is "no"; give unless-stopped

Diagnostics:
  pulumi:pulumi:Stack (sso-dev):
    error: preview failed
`;
  expect(refusalsIn(output)).toEqual([
    "capabilities: web-server-container: privileged is true; leave it out",
    'restart-policy: db: restart is "no"; give unless-stopped',
  ]);
});

describe("a stack that runs another branch's program", () => {
  const stackName = `od-unit${process.pid}`;
  const tree = treeOf(stackName);
  const { PULUMI_BACKEND_URL: before } = process.env;

  beforeAll(() => {
    fs.mkdirSync(tree, { recursive: true });
    fs.writeFileSync(path.join(tree, `Pulumi.${stackName}.yaml`), "config: {}\n");
    delete process.env.PULUMI_BACKEND_URL;
  });

  afterAll(() => {
    fs.rmSync(tree, { recursive: true });
    if (before !== undefined) process.env.PULUMI_BACKEND_URL = before;
  });

  test.each([
    ["openToBringUp", "createOrSelectStack", openToBringUp],
    ["openStack", "selectStack", openStack],
    ["openIfMade", "selectStack", openIfMade],
  ] as const)("%s opens it where its file is, with the clone's states", async (_, method, open) => {
    const opening = jest.spyOn(automation.LocalWorkspace, method).mockResolvedValue({} as never);
    await open(stackName);
    expect(opening.mock.calls).toEqual([
      [
        { stackName, workDir: tree },
        { envVars: { PULUMI_BACKEND_URL: `file://${path.join(PROJECT, ".state")}` } },
      ],
    ]);
    opening.mockRestore();
  });
});

describe("a stack that the states do not know", () => {
  const { PULUMI_BACKEND_URL: before } = process.env;
  const notUp =
    "stack dev is not up, as the states in postgres://db.test/states have it; " +
    "set PULUMI_BACKEND_URL to where its state is, or run: npm run up -- dev";

  beforeAll(() => {
    process.env.PULUMI_BACKEND_URL = "postgres://sso:canary@db.test/states";
  });

  afterAll(() => {
    if (before === undefined) delete process.env.PULUMI_BACKEND_URL;
    else process.env.PULUMI_BACKEND_URL = before;
  });

  test("is not made by who only reads it", async () => {
    const make = jest.spyOn(automation.LocalWorkspace, "createOrSelectStack");
    const select = jest
      .spyOn(automation.LocalWorkspace, "selectStack")
      .mockRejectedValue(Object.create(automation.StackNotFoundError.prototype));
    await expect(openStack("dev")).rejects.toThrow(notUp);
    expect(make).not.toHaveBeenCalled();
    select.mockRestore();
  });

  test("is not up either where its state is empty", () => {
    expect(() => readOutputs("dev", {})).toThrow(notUp);
  });

  const engineWith = (...names: readonly string[]): Engine => ({
    name: "this machine's engine",
    isLocal: true,
    docker: () => Promise.resolve(names.join("\n")),
    feed: () => Promise.resolve(""),
  });

  test("is not made beside one of its name", async () => {
    await expect(refuseSecond("dev", engineWith("sso-dev-postgres", "sso-dev-keycloak"))).rejects.toThrow(
      "this machine's engine has sso-dev-postgres, sso-dev-keycloak already, of a stack dev that the states in " +
        "postgres://db.test/states do not know; nothing was changed. Set PULUMI_BACKEND_URL to where its state is; ",
    );
  });

  test("is made beside others, also those whose names begin alike", async () => {
    const others = ["sso-dev-2-postgres", "sso-staging-nginx", "sso-dev-postgres-2"];
    await expect(refuseSecond("dev", engineWith(...others))).resolves.toBeUndefined();
    await expect(refuseSecond("dev", engineWith())).resolves.toBeUndefined();
  });
});
