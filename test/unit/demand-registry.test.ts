import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as automation from "@pulumi/pulumi/automation/index.js";
import { filesOf, staysOf } from "../../automation/demand/maker.ts";
import {
  conditionOf,
  type Entry,
  enter,
  entries,
  forget,
  known,
  lock,
  noted,
  read,
  registryFolder,
  update,
  withLock,
} from "../../automation/demand/registry.ts";
import { isCutOff, isKept } from "../../automation/demand/remove.ts";
import { OperatorError, UntouchedError } from "../../automation/fail.ts";
import { PROJECT } from "../../automation/project.ts";
import { explained } from "../../automation/workspace.ts";

describe("the registry", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "sso-registry-"));
  const backend = process.env.PULUMI_BACKEND_URL;
  const now = new Date();
  const entry: Entry = {
    stack: "od-one",
    id: "id",
    from: "staging",
    owner: "ada",
    maker: os.hostname(),
    clone: folder,
    created: now,
    expires: new Date(now.getTime() + 3_600_000),
    addresses: [],
    state: "making",
  };

  beforeAll(() => {
    process.env.PULUMI_BACKEND_URL = `file://${folder}`;
  });
  afterEach(() => {
    forget(entry);
  });
  afterAll(() => {
    if (backend === undefined) delete process.env.PULUMI_BACKEND_URL;
    else process.env.PULUMI_BACKEND_URL = backend;
    fs.rmSync(folder, { recursive: true });
  });

  test("lies beside the state", () => {
    expect(registryFolder("file:///var/state")).toBe("/var/state/demand");
    expect(registryFolder("file://./.state")).toBe(path.join(PROJECT, ".state/demand"));
    expect(registryFolder("")).toBe(path.join(PROJECT, ".state/demand"));
  });

  test("of a bucket lies in this clone, and is not that of another bucket", () => {
    const folders = ["s3://one", "s3://two", ""].map((backend) => registryFolder(backend));
    expect(folders.every((each) => each.startsWith(path.join(PROJECT, ".state/demand")))).toBe(true);
    expect(new Set(folders).size).toBe(3);
    expect(registryFolder("s3://one")).toBe(folders[0]);
  });

  test("has each stack once", () => {
    enter(entry);
    expect(() => {
      enter({ ...entry, id: "other" });
    }).toThrow(
      `stack od-one is there already, made by ada, until ${entry.expires.toISOString()}; ` +
        "choose another name, or: npm run stack -- delete one",
    );
    expect(read("od-one")).toEqual(entry);
    update({ ...entry, state: "ready" });
    expect(entries().map(({ stack, state }) => [stack, state])).toEqual([["od-one", "ready"]]);
  });

  test("has a whole entry or none, also when the disk is full", () => {
    const program = `(await import(process.argv[1])).enter(JSON.parse(process.argv[2]))`;
    const command = 'ulimit -f 0; exec node --input-type=module --eval "$0" "$@"'; // no file may grow
    const words = [program, path.join(PROJECT, "automation/demand/registry.ts"), JSON.stringify(entry)];
    expect(() => execFileSync("sh", ["-c", command, ...words], { stdio: "pipe" })).toThrow("EFBIG");
    expect(fs.readdirSync(registryFolder())).toEqual([]);
    enter(entry);
    update({ ...entry, state: "ready" });
    expect(fs.readdirSync(registryFolder())).toEqual(["od-one.json"]);
  });

  test("one that is damaged is named with what to do", () => {
    const file = path.join(registryFolder(), "od-one.json");
    for (const text of ["", "{}"]) {
      fs.writeFileSync(file, text);
      expect(() => read("od-one")).toThrow(
        /od-one\.json is damaged; remove it, and what docker ps --all --filter name=sso-od-one- lists$/,
      );
    }
    expect(noted()).toEqual(["od-one"]);
    expect(() => known("od-two")).toThrow("no stack od-two; there are one");
  });

  test("an earlier version's entry is of this clone", () => {
    const { clone, ...earlier } = entry;
    fs.writeFileSync(path.join(registryFolder(), "od-one.json"), JSON.stringify(earlier));
    expect([clone, read("od-one")?.clone]).toEqual([folder, PROJECT]);
  });

  test("an unknown one is named with those there are", () => {
    expect(() => known("od-two")).toThrow("no stack od-two; there is none on demand");
    enter(entry);
    expect(() => known("od-two")).toThrow("no stack od-two; there are one");
  });

  test("one command at a time works on a stack", async () => {
    const first = await lock("od-one");
    expect(first).toBeDefined();
    expect(await lock("od-one")).toBeUndefined();
    await expect(withLock("od-one", () => 1)).rejects.toThrow("another command works on stack od-one");
    (await lock("od-two"))?.(); // another stack's
    first?.();
    expect(await withLock("od-one", () => 1)).toBe(1);
  });

  test("a stack that another command has in passing is waited for, one that it works on is not", async () => {
    enter({ ...entry, state: "ready" });
    const passing = await lock("od-one");
    const next = withLock("od-one", () => "mine");
    setTimeout(() => passing?.(), 300);
    expect(await next).toBe("mine");

    update({ ...entry, state: "removing" });
    const working = await lock("od-one");
    const before = performance.now();
    await expect(withLock("od-one", () => 1)).rejects.toThrow("another command works on stack od-one");
    expect(performance.now() - before).toBeLessThan(2500);
    working?.();
  });

  test("of many at once one gets it", async () => {
    const locks = await Promise.all(Array.from({ length: 20 }, () => lock("od-one")));
    const got = locks.filter((each) => each !== undefined);
    expect(got).toHaveLength(1);
    got[0]?.();
  });

  test.each([
    ["making", true, 0, "being made"],
    ["making", false, 0, "half-made"],
    ["making", true, 2, "being made"],
    ["ready", false, 0, "ready"],
    ["ready", true, 0, "ready"],
    ["ready", false, 2, "expired"],
    ["removing", true, 0, "being removed"],
    ["removing", false, 0, "half-removed"],
  ] as const)("one that is %s, held %s, %d hours later, is %s", (state, isHeld, hours, condition) => {
    const later = new Date(now.getTime() + hours * 3_600_000);
    expect(conditionOf({ ...entry, state }, isHeld, later)).toBe(condition);
  });

  test("what another machine makes is left alone for an hour", () => {
    const elsewhere = { ...entry, maker: "elsewhere" };
    expect(conditionOf(elsewhere, false, now)).toBe("being made");
    expect(conditionOf(elsewhere, false, new Date(now.getTime() + 3_600_001))).toBe("half-made");
  });

  test("is removed from where its clone can be cleaned, or where that is gone", () => {
    expect(staysOf(entry, false)).toEqual([]);
    expect(staysOf({ ...entry, clone: "/nowhere" }, false)).toEqual([]);
    expect(filesOf({ ...entry, clone: "/srv/sso" })).toEqual([
      "/srv/sso/Pulumi.od-one.yaml",
      "/srv/sso/.state/od-one.ca.pem",
      "/srv/sso/.state/trees/od-one",
    ]);
  });

  test("what another machine makes is not removed here, not even by force, for an hour", () => {
    const ends = new Date(now.getTime() + 3_600_000).toISOString();
    for (const force of [false, true])
      expect(() => staysOf({ ...entry, maker: "elsewhere" }, force)).toThrow(
        `stack od-one is being made on elsewhere; wait for it, or, if that was cut off, until ${ends}`,
      );
  });

  test("what another machine has made is removed there; by force here, and what stays is named", () => {
    const elsewhere: Entry = { ...entry, maker: "elsewhere", clone: "/srv/sso", state: "ready" };
    expect(() => staysOf(elsewhere, false)).toThrow(
      "stack od-one was made on elsewhere, in /srv/sso, which this command cannot clean; " +
        "there: npm run stack -- delete one; here, with --force, its files there stay",
    );
    const files = filesOf(elsewhere).map((file) => `${file} on elsewhere`);
    expect(staysOf({ ...elsewhere, docker: "ssh://deploy@host" }, true)).toEqual(files);
    expect(staysOf(elsewhere, true)).toEqual([...files, "what its engine runs on elsewhere"]);
  });
});

describe("a removal that fails", () => {
  const failureOf = async (message: string): Promise<unknown> => {
    const result = { stdout: "", stderr: message, code: 1, toString: () => message };
    const failing = (): Promise<never> => Promise.reject(new automation.CommandError(result as never));
    return explained("od-one", failing).catch((error: unknown) => error);
  };

  test.each([
    ["error: incorrect passphrase", true, false],
    ["error: the stack is currently locked by 1 lock(s)", true, true],
    ["write /x: no space left on device", false, false],
    ["Diagnostics:\n    error: the engine is gone", false, false],
  ])("by %j: kept %s, by force %s", async (message, kept, keptByForce) => {
    const error = await failureOf(message);
    expect([isKept(error, false), isKept(error, true)]).toEqual([kept, keptByForce]);
  });

  test("on a full disk may have changed things", async () => {
    const error = await failureOf("write /x: no space left on device");
    expect(error).toBeInstanceOf(OperatorError);
    expect(error).not.toBeInstanceOf(UntouchedError);
    expect((error as Error).message).toMatch(/^the disk of stack od-one's host is full: /);
  });
});

describe("a state's lock", () => {
  const message = (pid: number, host = os.hostname()): string =>
    `error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with \`pulumi cancel\`.\n  file:///x.json: created by root@${host} (pid ${pid}) at 2026-01-01T00:00:00Z`;

  test("is free to take when its process is gone, and only then", () => {
    expect(isCutOff(message(process.pid))).toBe(false);
    expect(isCutOff(message(2 ** 22 + 1))).toBe(true);
    expect(isCutOff(message(2 ** 22 + 1, "elsewhere"))).toBe(false);
    expect(isCutOff(`${message(2 ** 22 + 1)}\n${message(process.pid)}`)).toBe(false);
    expect(isCutOff("the stack is currently locked by somebody")).toBe(false);
    expect(isCutOff("incorrect passphrase")).toBe(false);
  });
});
