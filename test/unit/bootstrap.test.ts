import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BUILDERS } from "../../bootstrap/builders.ts";
import { digestOf, verifySha256 } from "../../bootstrap/download.ts";
import { renewLog, run, telling } from "../../bootstrap/exec.ts";
import { examine, renderFindings } from "../../bootstrap/findings.ts";
import { BASE_IMAGE, cliVersion, KEYCLOAK, pluginVersions } from "../../bootstrap/pins.ts";
import { stepsFor } from "../../bootstrap/steps/index.ts";
import { renderTable } from "../../bootstrap/table.ts";
import { chooseWay } from "../../bootstrap/way.ts";

describe("the way to CLI and plugins", () => {
  const never = (): Promise<boolean> => Promise.reject(new Error("asked the site"));
  const site = (answers: boolean) => (): Promise<boolean> => Promise.resolve(answers);

  test.each(["official", "builtin"])("SSO_PLUGINS=%s forces it", async (forced) => {
    await expect(chooseWay({ forced, before: "builtin", isSiteReachable: never })).resolves.toBe(forced);
  });

  test("any other value is refused with the allowed ones", async () => {
    await expect(chooseWay({ forced: "offical", before: undefined, isSiteReachable: never })).rejects.toThrow(
      'SSO_PLUGINS is "offical"; allowed: official, builtin',
    );
  });

  test("what stands already stays without asking the site", async () => {
    await expect(chooseWay({ forced: "", before: "builtin", isSiteReachable: never })).resolves.toBe(
      "builtin",
    );
  });

  test.each([
    [true, "official"],
    [false, "builtin"],
  ])("a fresh clone follows the site (answers: %s)", async (answers, way) => {
    const facts = { forced: undefined, before: undefined, isSiteReachable: site(answers) };
    await expect(chooseWay(facts)).resolves.toBe(way);
  });
});

describe("pins", () => {
  test("the CLI's version is the one go.mod requires", () => {
    const goMod =
      "require (\n\tgithub.com/pulumi/pulumi/pkg/v3 v3.1.2 // indirect\n\tgithub.com/pulumi/pulumi/sdk/v3 v3.9.9\n)";
    expect(cliVersion(goMod)).toBe("3.1.2");
    expect(() => cliVersion("module x\n")).toThrow(
      "tools/go.mod: no version of github.com/pulumi/pulumi/pkg/v3",
    );
    expect(cliVersion()).toMatch(/^3\.\d+\.\d+$/);
  });

  test("plugins have the exact versions of their SDKs", () => {
    expect([...pluginVersions().keys()]).toEqual(["docker", "keycloak", "postgresql", "random"]);
    for (const version of pluginVersions().values()) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  });

  test("every Dockerfile builds on what bootstrap brings", () => {
    const dockerfiles = globSync(["components/*/image/Dockerfile", "test/**/Dockerfile"]);
    expect(dockerfiles.length).toBeGreaterThan(15);
    for (const file of dockerfiles) {
      const images = readFileSync(file, "utf8").match(/(?<=^FROM )sso\/\S+/gm) ?? [];
      for (const image of images) expect([BASE_IMAGE.tag, KEYCLOAK.tag]).toContain(image);
    }
  });

  test("a file with another digest is refused", async () => {
    const license = createHash("sha256").update(readFileSync("LICENSE")).digest("hex");
    await expect(verifySha256("LICENSE", license)).resolves.toBeUndefined();
    await expect(verifySha256("LICENSE", "0".repeat(64))).rejects.toThrow(
      `LICENSE has SHA-256 ${license}, expected 000`,
    );
  });

  test("a digest is looked up by the whole file name", () => {
    const checksums = "aaa  pulumi-v3.1.2-linux-x64.tar.gz.sig\nbbb  pulumi-v3.1.2-linux-x64.tar.gz\n";
    expect(digestOf("pulumi-v3.1.2-linux-x64.tar.gz", checksums)).toBe("bbb");
    expect(() => digestOf("other", checksums)).toThrow("do not name other");
  });
});

describe("commands", () => {
  test("give their standard output and each line of both", async () => {
    const seen: string[] = [];
    const output = await run("sh", ["-c", "echo one; echo two >&2"], { onLine: (line) => seen.push(line) });
    expect(output).toBe("one");
    expect(seen.sort()).toEqual(["one", "two"]);
  });

  test("that fail name themselves and the telling line", async () => {
    await expect(run("sh", ["-c", "echo E: unable to locate package x; echo usage; exit 3"])).rejects.toThrow(
      /^sh -c .*: E: unable to locate package x \(exit 3; /,
    );
    await expect(run("no-such-command", [])).rejects.toThrow("no-such-command cannot be run");
  });

  test("do not begin once aborted", async () => {
    const seen: string[] = [];
    const options = { signal: AbortSignal.abort(), onLine: (line: string) => seen.push(line) };
    await expect(run("echo", ["begun"], options)).rejects.toThrow("aborted");
    expect(seen).toEqual([]);
  });

  test("that hang are ended, at the latest or when nothing comes", async () => {
    await expect(run("sleep", ["30"], { timeoutMs: 50 })).rejects.toThrow("SIGTERM");
    await expect(run("sleep", ["30"], { firstLineMs: 50 })).rejects.toThrow("SIGTERM");
  });

  test("the telling line is a sentence about an error, else the last", () => {
    const npm = ["npm error code E1", "npm error `npm ci` can only install packages in sync", "see the log"];
    expect(telling(npm)).toBe(npm[1]);
    expect(telling(["compiling", "x.go:3: undefined: y", ""])).toBe("x.go:3: undefined: y");
    expect(telling([])).toBe("no output");
  });
});

test("the log begins anew once it is larger than a mebibyte", () => {
  const folder = mkdtempSync(join(tmpdir(), "sso-log-"));
  const log = join(folder, "bootstrap.log");
  try {
    renewLog(log); // none is there yet
    for (const size of [1024 ** 2, 1024 ** 2 + 1]) {
      writeFileSync(log, "x".repeat(size));
      renewLog(log);
      expect(existsSync(log)).toBe(size === 1024 ** 2);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe("what a script needs", () => {
  const names = (script?: string, ...args: string[]) => stepsFor(script, args).map(({ name }) => name);

  test.each([
    ["automation/settings.ts", [], ["node", "npm packages"]],
    ["automation/preview.ts", ["staging"], ["node", "npm packages", "pulumi cli", "pulumi plugins"]],
    ["automation/up.ts", ["--help"], ["node", "npm packages"]],
    ["bootstrap/doctor.ts", [], []],
  ])("%s %j", (script, args, needs) => {
    expect(names(script, ...args)).toEqual(needs);
  });

  test("a stack needs all but what only the tests use", () => {
    expect(names("automation/up.ts")).not.toContain("chromium");
    expect(names("test/run.ts")).toEqual([...names("automation/up.ts"), "chromium"]);
  });

  test("each step stands after those it needs", () => {
    const steps = stepsFor("test/run.ts", []);
    steps.forEach(({ needs }, index) => {
      const before = steps.slice(0, index).map(({ name }) => name);
      expect(before).toEqual(expect.arrayContaining([...needs]));
    });
  });
});

describe("an engine that DOCKER_HOST names", () => {
  /** What the step says on a machine with these commands, in a process of its own: it reads the environment once. */
  function complaint(commands: readonly string[]): string {
    const folder = mkdtempSync(join(tmpdir(), "sso-path-"));
    try {
      for (const command of commands) writeFileSync(join(folder, command), "#!/bin/false\n", { mode: 0o755 });
      const script = `import("./bootstrap/steps/engine.ts")
        .then(({ engine }) => engine.install({ signal: new AbortController().signal, report() {} }))
        .catch((error) => console.log(error.message))`;
      return execFileSync(process.execPath, ["--eval", script], {
        encoding: "utf8",
        env: { PATH: folder, DOCKER_HOST: "tcp://127.0.0.1:9" },
      }).trim();
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  test("does not answer", () => {
    expect(complaint(["docker"])).toBe(
      "no Docker engine answers at DOCKER_HOST=tcp://127.0.0.1:9; start it, or unset DOCKER_HOST to use this machine's",
    );
  });

  test("cannot be asked without docker's client", () => {
    expect(complaint([])).toBe(
      "docker not found, with which to ask the engine at DOCKER_HOST=tcp://127.0.0.1:9; run: sudo apt-get install docker.io",
    );
  });
});

describe("doctor", () => {
  test("shows what was found, what is missing and what only the tests bring", async () => {
    const nothing = (): Promise<undefined> => Promise.resolve(undefined);
    const findings = await examine([
      {
        name: "node",
        check: () => Promise.resolve({ version: "26.10.0", origin: "/usr/bin/node" }),
      },
      { name: "docker engine", check: nothing },
      { name: "pulumi cli", check: () => Promise.reject(new Error("tools/go.mod is broken")) },
      { name: "chromium", check: nothing, optional: "npm test brings it" },
    ]);
    expect(renderFindings(findings).split("\n")).toEqual([
      "TOOL           STATE    VERSION  WHERE FROM",
      "node           found    26.10.0  /usr/bin/node",
      "docker engine  missing  -        -",
      "pulumi cli     missing  -        tools/go.mod is broken",
      "chromium       absent   -        npm test brings it",
    ]);
  });

  test("tells the compilers' versions and where they are", async () => {
    const findings = await examine(BUILDERS);
    expect(findings.map(({ tool, state }) => `${tool} ${state}`)).toEqual(["go found", "java found"]);
    for (const { version, origin } of findings) {
      expect(version).toMatch(/^\d+[\d.]*$/);
      expect(origin).toMatch(/^\/.*\/(go|java)$/);
    }
  });

  test("a table has no trailing blanks and takes rows of any length", () => {
    expect(renderTable([["a", "bb"], ["ccc"], []])).toBe("a    bb\nccc\n");
  });
});
