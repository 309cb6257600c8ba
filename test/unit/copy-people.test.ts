import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { stringify } from "yaml";
import { PROJECT } from "../../automation/project.ts";

/** Stands in for Pulumi's CLI, which has brought up all stacks but one; it gives a stack's config from a file. */
const PULUMI = `#!/bin/sh
case "$*" in
  version*) echo v3.999.0 ;;
  "stack select"*unmade*) echo "error: no stack named 'x' found" >&2; exit 255 ;;
  config*) cat "$(dirname "$0")/config" ;;
esac
`;

/** Stands in for docker's client: notes what it is asked; what runs in a container answers from a file, if it is there. */
const DOCKER = `#!/bin/sh
cd "$(dirname "$0")"
echo "$*" >>asked
case "$3 $4" in
  "exec "*) cat entries 2>/dev/null || { echo "No such container: $4" >&2; exit 1; } ;;
  "volume create") echo "$6" | sed 's/.*=//' >id ;;
  "volume inspect") cat id ;;
esac
`;

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "sso-copy-"));
const stack = `copy-${process.pid}`;
const names = { directory: stack, unmade: `${stack}-unmade`, broker: `${stack}-broker` };
const fileOf = (name: string): string => path.join(PROJECT, `Pulumi.${name}.yaml`);
const write = (name: string, text: string, mode = 0o644): void => {
  fs.writeFileSync(path.join(folder, name), text, { mode });
};

const COMMON = { "sso:domain": "id.example.org", "sso:host": { bindAddress: "127.0.0.1" } };
const DIRECTORY = {
  ...COMMON,
  "sso:openldap": { suffix: "dc=example,dc=org" },
  "sso:realms": [{ kind: "directory", name: "community", displayName: "Community" }],
};
const github = { kind: "github", alias: "github", clientId: "id" };
const BROKER = {
  ...COMMON,
  "sso:realms": [
    { kind: "broker", name: "developers", displayName: "Developers", identityProviders: [github] },
  ],
  "sso:secrets": { developers: { github: "secret" } },
};

beforeAll(() => {
  write("pulumi", PULUMI, 0o755);
  write("docker", DOCKER, 0o755);
  for (const [kind, name] of Object.entries(names))
    fs.writeFileSync(fileOf(name), stringify({ config: kind === "broker" ? BROKER : DIRECTORY }));
});
afterEach(() => {
  for (const name of ["asked", "entries"]) fs.rmSync(path.join(folder, name), { force: true });
});
afterAll(() => {
  for (const name of Object.values(names)) fs.rmSync(fileOf(name));
  fs.rmSync(folder, { recursive: true });
});

/** What a new stack is refused for that would get another one's people, and what docker was asked until then. */
function refusal(
  dataFrom: string,
  config: object,
  from = stack,
): { readonly said: string; readonly asked: string[] } {
  const values = Object.entries(config).map(([key, value]) => [key, { value: JSON.stringify(value) }]);
  write("config", JSON.stringify(Object.fromEntries(values)));
  const words = ["automation/stack.ts", "new", "copied", "--from", from, "--data-from", dataFrom];
  const { stderr } = spawnSync("node", words, {
    cwd: PROJECT,
    encoding: "utf8",
    env: {
      ...process.env,
      PATH: `${folder}:${process.env.PATH ?? ""}`,
      PULUMI_BACKEND_URL: `file://${folder}`,
    },
  });
  const asked = path.join(folder, "asked");
  return {
    said: stderr,
    asked: fs.existsSync(asked) ? fs.readFileSync(asked, "utf8").trim().split("\n") : [],
  };
}

describe("before a stack is made, it is seen whether there are people to copy:", () => {
  afterEach(() => {
    expect(fs.existsSync(path.join(folder, "demand/od-copied.json"))).toBe(false);
  });

  test("not from a stack that was never brought up", () => {
    expect(refusal(names.unmade, DIRECTORY)).toEqual({
      said: expect.stringContaining(`error: stack ${names.unmade} is not up, as the states in `) as string,
      asked: [],
    });
  });

  test("nor from one without a directory", () => {
    expect(refusal(names.broker, BROKER)).toEqual({
      said: `error: stack ${names.broker} has no directory\n`,
      asked: [],
    });
  });

  test("nor from one whose directory is down", () => {
    const { said, asked } = refusal(stack, DIRECTORY);
    expect(said).toMatch(
      new RegExp(
        `^error: the directory of stack ${stack} cannot be read; is it up\\? See: npm run status -- ${stack} \\(.*No such container: sso-${stack}-openldap\\)\n$`,
      ),
    );
    expect(asked.length).toBe(1);
  });

  test("nor from one that has nobody", () => {
    write("entries", "dn: cn=developers,ou=groups,dc=example,dc=org\nobjectClass: groupOfNames\n");
    const { said, asked } = refusal(stack, DIRECTORY);
    expect(said).toBe(`error: the directory of stack ${stack} has nobody to copy\n`);
    expect(asked.length).toBe(1);
  });

  test("but for one that has no directory to put them into, it is taken back at once", () => {
    write("entries", "dn: uid=ada,ou=users,dc=example,dc=org\nobjectClass: inetOrgPerson\n");
    const { said, asked } = refusal(stack, DIRECTORY, names.broker);
    expect(said).toMatch(
      new RegExp(
        `error: stack ${names.broker} has no directory, so nobody can be copied into one like it\n$`,
      ),
    );
    expect(asked[1]).toMatch(/ volume create /);
  });
});
