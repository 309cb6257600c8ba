import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as automation from "@pulumi/pulumi/automation/index.js";
import { ENGINE } from "../../bootstrap/docker.ts";
import { execIn, healthOf } from "../../automation/containers.ts";

/** Stands in for docker's client: notes what it is asked, and answers from files. */
const DOCKER = `#!/bin/sh
cd "$(dirname "$0")"
echo "$*" >>asked
case $3 in ps) cat names ;; container) cat inspected ;; esac
`;

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "sso-containers-"));
const write = (name: string, text: string): void => {
  fs.writeFileSync(path.join(folder, name), text);
};
const { PATH: before } = process.env;

beforeAll(() => {
  write("docker", DOCKER);
  fs.chmodSync(path.join(folder, "docker"), 0o755);
  process.env.PATH = `${folder}:${before ?? ""}`;
});
afterEach(() => {
  fs.rmSync(path.join(folder, "asked"), { force: true });
});
afterAll(() => {
  process.env.PATH = before;
  fs.rmSync(folder, { recursive: true });
});

const asked = (): string => fs.readFileSync(path.join(folder, "asked"), "utf8");

const container = (name: string, inputs: object = { healthcheck: {} }, more: object = {}): object => ({
  type: "docker:index/container:Container",
  inputs: { name: `sso-dev-${name}`, ...inputs },
  ...more,
});

/** Stack dev, whose state has these resources. */
function stackWith(resources: readonly object[], config: automation.ConfigMap = {}): automation.Stack {
  const stack: Partial<automation.Stack> = {
    name: "dev",
    exportStack: () => Promise.resolve({ version: 3, deployment: { resources } }),
    getAllConfig: () => Promise.resolve(config),
  };
  return stack as automation.Stack;
}

const seen = (name: string, Status: string, health?: string): object => ({
  Name: `/sso-dev-${name}`,
  State: { Status, ...(health === undefined ? {} : { Health: { Status: health } }) },
});

describe("how services are", () => {
  const RESOURCES = [
    { type: "pulumi:pulumi:Stack" },
    container("nginx"),
    container("openldap"),
    container("postgres"),
    container("knot", { healthcheck: {} }, { delete: true }), // a replaced one's rest
    container("dns-update", { attach: true }),
  ];

  test("says the state which there are, and which of them have no container", async () => {
    write("names", "sso-dev-dns-update\nsso-dev-2-nginx\nsso-dev-postgres\nsso-dev-openldap\nother\n");
    write(
      "inspected",
      JSON.stringify([seen("openldap", "exited", "unhealthy"), seen("postgres", "running", "healthy")]),
    );
    expect(await healthOf(stackWith(RESOURCES))).toEqual({
      nginx: "missing",
      openldap: "exited",
      postgres: "healthy",
    });
    expect(asked()).toContain(" container inspect sso-dev-openldap sso-dev-postgres\n");
  });

  test("is that all are missing on an engine that has none", async () => {
    write("names", "\n");
    expect(await healthOf(stackWith([container("nginx")]))).toEqual({ nginx: "missing" });
  });

  test.each([
    ["this machine's engine, whatever docker's context is", {}, ENGINE],
    [
      "the stack's host",
      { "sso:host": { value: '{"docker":"ssh://deploy@host.test"}' } },
      "ssh://deploy@host.test",
    ],
  ])("is asked of %s", async (_, config, host) => {
    write("names", "\n");
    await healthOf(stackWith([container("nginx")], config));
    expect(asked()).toBe(`--host ${host} ps --all --format {{.Names}}\n`);
  });
});

describe.each([
  ["a command in a container", (stack: automation.Stack) => execIn(stack, "mail-sink", ["inbox"])],
  ["how services are", healthOf],
])("%s", (_, ask) => {
  test("is not asked of an engine that the passphrase does not tell", async () => {
    const refusal = new automation.CommandError({ toString: () => "error: incorrect passphrase" } as never);
    const stack = stackWith([]);
    stack.getAllConfig = () => Promise.reject(refusal);
    await expect(ask(stack)).rejects.toThrow(/^the passphrase does not open stack dev; /);
    expect(fs.existsSync(path.join(folder, "asked"))).toBe(false);
  });
});
