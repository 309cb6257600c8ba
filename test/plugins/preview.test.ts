import { run, type Ended } from "../stack/commands.ts";
import { newThrowaway, removeThrowaway, settingsOf, writeStackFile } from "../stack/throwaway.ts";

/** Previews that need no host: of stacks that have never been brought up from here. */
const throwaway = newThrowaway();

const preview = (...words: readonly string[]): Ended =>
  run(["automation/preview.ts", ...words, "--without-secrets"], throwaway);

afterAll(() => {
  removeThrowaway(throwaway);
});

test("every stack file of the project passes the policies", () => {
  const { status, output } = preview("dev", "staging", "production");
  expect(output.match(/^Stack \w+: \w+$/gm)).toEqual([
    "Stack dev: checked",
    "Stack staging: checked",
    "Stack production: checked",
  ]);
  expect(status).toBe(0);
});

describe("a stack file", () => {
  const settings = settingsOf(throwaway);
  const relay = settings.relay as object;

  test("with all kinds of services passes", () => {
    writeStackFile(throwaway, settings);
    expect(preview(throwaway.name)).toMatchObject({ status: 0 });
  });

  test.each([
    [
      "a port that is not listed",
      { relay: { ...relay, port: 2600 } },
      "published-ports: postfix-server-container: port 2600",
    ],
    [
      "every address",
      { host: { bindAddress: "0.0.0.0" } },
      "ports-on-own-address: nginx-server-container: port 80 on every",
    ],
  ])("with %s is refused by name", (_, overrides, said) => {
    writeStackFile(throwaway, { ...settings, ...overrides });
    const { status, output } = preview(throwaway.name);
    expect(output).toContain(`Stack ${throwaway.name}: refused`);
    expect(output).toContain(said);
    expect(status).toBe(1);
  });

  test("with faults is refused before anything else, all of them at once", () => {
    writeStackFile(throwaway, { ...settings, domain: "ID", nginx: { memory: 1 } });
    const { status, output } = preview(throwaway.name);
    expect(output).toContain(`Pulumi.${throwaway.name}.yaml has 2 faults:`);
    expect(status).toBe(1);
  });

  test("whose program fails, here for a file that it names, is told by the program's own message", () => {
    writeStackFile(throwaway, {
      ...settings,
      openldap: { suffix: "dc=community,dc=test", seed: "no/such.ldif" },
    });
    const { status, output } = preview(throwaway.name);
    expect(output).toMatch(
      /^ +openldap\.seed: "no\/such\.ldif"; allowed: another file: this one cannot be read; give its path relative to the project$/m,
    );
    expect(status).toBe(1);
  });
});
