import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { stringify } from "yaml";
import { PROJECT } from "../../automation/project.ts";

const stack = `mail-${process.pid}`;
const file = path.join(PROJECT, `Pulumi.${stack}.yaml`);

beforeAll(() => {
  const config = {
    "sso:domain": "id.example.org",
    "sso:host": { bindAddress: "127.0.0.1" },
    "sso:smtp": { kind: "server", host: "smtp.example.org", username: "sso" },
    "sso:openldap": { suffix: "dc=example,dc=org" },
    "sso:realms": [{ kind: "directory", name: "community", displayName: "Community" }],
  };
  fs.writeFileSync(file, stringify({ config }));
});
afterAll(() => {
  fs.rmSync(file);
});

test.each([
  ["list", [], `stack ${stack} has no mail sink: its sso:smtp is the server smtp.example.org`],
  ["show", ["1"], `stack ${stack} has no mail sink: its sso:smtp is the server smtp.example.org`],
  ["queue", [], `stack ${stack} has no relay: it has no sso:relay`],
])("%s says what a stack has not, without its state and an engine", (action, words, message) => {
  const { status, stderr } = spawnSync("node", ["automation/mail.ts", action, ...words, stack], {
    cwd: PROJECT,
    encoding: "utf8",
    env: { PATH: path.dirname(process.execPath) },
  });
  expect({ status, stderr }).toEqual({ status: 1, stderr: `error: ${message}\n` });
});
