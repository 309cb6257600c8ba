import { execFileSync } from "node:child_process";
import { sharedStack } from "../stack/shared.ts";
import { environmentOf } from "../stack/throwaway.ts";

const stack = sharedStack();

function run(...words: string[]): string {
  return execFileSync("node", words, { env: { ...process.env, ...environmentOf(stack) }, encoding: "utf8" });
}

test("npm run sync has Keycloak read every account of the directory", () => {
  expect(run("automation/sync.ts", stack.name)).toMatch(
    /^realm community: \d imported users?, \d updated users?/,
  );
});

test("npm run up on a stack that is up changes nothing and says how to use it", () => {
  const out = run("automation/up.ts", stack.name);
  expect(out).toMatch(/Resources:\n\s+\d+ unchanged/);
  expect(out).toContain(`Stack ${stack.name} is up: https://${stack.domain}`);
  expect(out).toContain(`community: https://${stack.domain}/realms/community/account/`);
  expect(out).toMatch(/curl --cacert \.state\/test-\w+\.ca\.pem/);
});

test.each([
  ["automation/up.ts", "--help"],
  ["automation/sync.ts", "--help"],
  ["automation/settings.ts", "--help"],
])("%s %s says how it is used", (script, option) => {
  expect(run(script, option)).toMatch(/^usage: npm run \w+/);
});

test.each(["dev", "staging", "production"])("the stack file of %s passes its check", (name) => {
  expect(run("automation/settings.ts", "check", name)).toBe(`Pulumi.${name}.yaml is in order.\n`);
});
