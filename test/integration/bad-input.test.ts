import { once } from "node:events";
import * as fs from "node:fs";
import * as net from "node:net";
import * as path from "node:path";
import { up } from "../stack/commands.ts";
import { sharedStack } from "../stack/shared.ts";
import { newThrowaway, removeThrowaway, settingsOf, writeStackFile } from "../stack/throwaway.ts";

describe("a stack that is up", () => {
  test("wrong passphrase: a clear refusal, nothing changed", () => {
    const { status, error } = up(sharedStack(), { PULUMI_CONFIG_PASSPHRASE: "guess" });
    expect(status).toBe(1);
    expect(error).toMatch(
      /^error: the passphrase does not open stack test-\w+; nothing was changed\. Set PULUMI_/,
    );
  });
});

describe("a stack of one's own", () => {
  const throwaway = newThrowaway();

  afterAll(() => {
    removeThrowaway(throwaway);
  });

  test("unknown stack: the ones there are", () => {
    const { status, error } = up({ ...throwaway, name: "prodution" });
    expect(status).toBe(1);
    expect(error).toMatch(
      /^error: no stack prodution: Pulumi\.prodution\.yaml is missing; there are .*production/,
    );
  });

  test("wrong settings: every fault at once", () => {
    writeStackFile(throwaway, { ...settingsOf(throwaway), domain: "ID", nginx: { memory: 1 } });
    const { status, error } = up(throwaway);
    expect(status).toBe(1);
    expect(error).toContain("has 2 faults");
    expect(error).toContain("nginx.memory: not a setting; allowed: only shortLinks, files,");
  });

  test.each([
    ["no engine at the socket", "unix:///run/no-such-docker.sock"],
    ["no engine at the address", "tcp://127.0.0.1:9"],
  ])("%s: the host is named", (_, docker) => {
    const settings = settingsOf(throwaway);
    writeStackFile(throwaway, { ...settings, host: { ...(settings.host as object), docker } });
    const { status, error } = up(throwaway);
    expect(status).toBe(1);
    expect(error).toContain(docker);
  });

  test("a port taken and a directory that never starts: both are named, with the container's last words", async () => {
    const seed = path.join(throwaway.folder, "bad.ldif");
    fs.writeFileSync(seed, "dn: uid=ada,ou=nowhere,dc=community,dc=test\nobjectClass: inetOrgPerson\n");
    const settings = settingsOf(throwaway);
    writeStackFile(throwaway, { ...settings, openldap: { ...(settings.openldap as object), seed } });
    const squatter = net.createServer().listen(15432, throwaway.address);
    await once(squatter, "listening");
    try {
      const { status, error } = up(throwaway);
      expect(status).toBe(1);
      expect(error).toContain(`${throwaway.address}:15432`);
      expect(error).toMatch(/sso-test-\w+-openldap.*healthy/);
      expect(error).toContain("seed.ldif is not accepted");
    } finally {
      await new Promise((resolve) => squatter.close(resolve));
    }
  });

  test("once mended, the next up puts everything right", () => {
    writeStackFile(throwaway, settingsOf(throwaway));
    expect(up(throwaway)).toMatchObject({ status: 0 });
  });
});
