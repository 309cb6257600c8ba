import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { stringify } from "yaml";
import { PROJECT } from "../../automation/project.ts";
import { eventually } from "../eventually.ts";
import { stackOf, workDirOf } from "../../automation/pulumi-arguments.ts";

test.each([
  [["up", "--stack", "staging"], "staging"],
  [["preview", "-s", "org/sso/staging", "--diff"], "staging"],
  [["--stack=staging", "refresh"], "staging"],
  [["destroy", "-s=staging"], "staging"],
  [["up", "--yes"], undefined],
])("the stack that %j name", (words, expected) => {
  expect(stackOf(words)).toBe(expected);
});

test.each([
  [["up", "--cwd", "/srv/other"], "/srv/other"],
  [["-C", "/srv/other", "up"], "/srv/other"],
  [["up", "--stack", "-C"], "."],
])("the folder that %j name", (words, expected) => {
  expect(workDirOf(words)).toBe(expected);
});

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "sso-tunnel-"));
afterAll(() => {
  fs.rmSync(folder, { recursive: true });
});

/** An executable of its own folder, which may stand in for one on the PATH. */
function script(name: string, text: string): string {
  const file = write(name, text);
  fs.chmodSync(file, 0o755);
  return file;
}

function write(name: string, text: string): string {
  const file = path.join(folder, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
  return file;
}

/** Where a stack runs another branch's program. */
const TREE = "clone/.state/trees/od-branch";

/** What a preview or an update of this clone's stacks is given besides. */
const POLICIES = ` --policy-pack ${path.join(folder, "clone/policy")}`;

describe("what is called pulumi", () => {
  beforeAll(() => {
    script("clone/bootstrap/pulumi", fs.readFileSync(path.join(PROJECT, "bootstrap/pulumi"), "utf8"));
    script("clone/.tools/bin/pulumi-cli", '#!/bin/sh\necho "cli $*"\n');
    script("clone/.tools/bin/node", '#!/bin/sh\nshift 2\necho "tunnel $*"\n');
    for (const [stack, host] of Object.entries({ here: "127.0.0.1", there: "ssh://deploy@host.test" }))
      for (const project of ["clone", TREE])
        write(`${project}/Pulumi.${stack}.yaml`, stringify({ config: { host } }));
    for (const project of ["clone", TREE, "neighbour"]) write(`${project}/Pulumi.yaml`, "name: sso\n");
    fs.mkdirSync(path.join(folder, "clone/components/realm"), { recursive: true });
  });

  /** What is run for these words, called in a folder. */
  function run(words: string, cwd = "clone", own: Readonly<Record<string, string>> = {}): string {
    const { stdout } = spawnSync(path.join(folder, "clone/bootstrap/pulumi"), words.split(" "), {
      cwd: path.join(folder, cwd),
      env: { ...process.env, ...own },
      encoding: "utf8",
    });
    return stdout;
  }

  test.each([
    ["up --stack here", "cli", POLICIES],
    ["up --stack there", "tunnel", POLICIES],
    ["--stack here update", "cli", POLICIES],
    ["preview -s org/sso/there", "tunnel", POLICIES],
    ["preview --stack here --policy-pack other", "cli"],
    ["preview --stack here --exec-kind auto.local", "cli"], // by a program, which says which policies
    ["refresh --stack=there --yes", "tunnel"],
    ["--stack there destroy", "tunnel"],
    ["destroy", "tunnel"], // of the stack that is selected, which may be there
    ["stack output --stack there", "cli"],
    ["config get up --stack here", "cli"],
    ["--tracing file:/tmp/trace up --stack here", "cli", POLICIES],
    ["watch --stack here", "cli", POLICIES],
  ])("%s: %s", (words, expected, more = "") => {
    expect(run(words)).toBe(`${expected} ${words}${more}\n`);
  });

  test.each([
    ["stack select --stack here", "stack history --page-size 1 --stack here"],
    ["stack init here", "stack init here --no-select"],
    ["stack ls --json", "stack ls --json"],
  ])("%s of a program leaves which stack is selected", (words, ofProgram) => {
    expect(run(words)).toBe(`cli ${words}\n`);
    expect(run(words, "clone", { PULUMI_AUTOMATION_API: "true" })).toBe(`cli ${ofProgram}\n`);
  });

  test.each([
    ["a subfolder", "clone/components/realm", ""],
    ["a working tree", TREE, ""],
    ["elsewhere, by -C", ".", ` -C ${path.join(folder, "clone/components")}`],
    ["elsewhere, by --cwd", ".", ` --cwd=${path.join(folder, "clone")}`],
  ])("asks the policies, and opens the tunnel, from %s too", (_, cwd, more) => {
    expect(run(`up --stack here${more}`, cwd)).toBe(`cli up --stack here${more}${POLICIES}\n`);
    expect(run(`up --stack there${more}`, cwd)).toBe(`tunnel up --stack there${more}${POLICIES}\n`);
  });

  test("asks no policies of another project", () => {
    expect(run("refresh --stack here -C=clone", ".")).toBe("cli refresh --stack here -C=clone\n"); // control
    expect(run("up --stack here", "neighbour")).toBe("tunnel up --stack here\n"); // which finds none to open
  });
});

describe("the public passphrase", () => {
  const refused = /^error: stack real holds what must be protected, and no passphrase is chosen for it;/;

  beforeAll(() => {
    script("clone/bootstrap/dev-passphrase", "public\n");
    // Pulumi writes values as texts, people as they like.
    for (const [stack, protect] of Object.entries({ real: true, toy: false, dev: "false" }))
      write(`clone/Pulumi.${stack}.yaml`, stringify({ config: { "sso:protect": protect } }));
  });

  function said(words: string, own: Readonly<Record<string, string>>, cwd = "clone"): string {
    const passphrase = {
      PULUMI_CONFIG_PASSPHRASE: "",
      PULUMI_CONFIG_PASSPHRASE_FILE: path.join(folder, "clone/bootstrap/dev-passphrase"),
    };
    const { stdout, stderr } = spawnSync(path.join(folder, "clone/bootstrap/pulumi"), words.split(" "), {
      cwd: path.join(folder, cwd),
      env: { ...process.env, ...passphrase, ...own },
      encoding: "utf8",
    });
    return stderr + stdout;
  }

  test.each([
    "import --stack real x y z",
    "stack init real",
    "config set --stack real --secret --path sso:secrets.smtp.password",
  ])("encrypts nothing of a protected stack: %s", (words) => {
    expect(said(words, {})).toMatch(refused);
    for (const own of [
      { PULUMI_CONFIG_PASSPHRASE: "own" },
      { PULUMI_CONFIG_PASSPHRASE_FILE: path.join(folder, "own") },
    ])
      expect(said(words, own)).toBe(`cli ${words}\n`);
    for (const open of ["toy", "dev"].map((name) => words.replace("real", name)))
      expect(said(open, {})).toBe(`cli ${open}\n`);
  });

  test("brings up no protected stack either, from whichever folder", () => {
    expect(said("up --stack real", {})).toMatch(refused);
    expect(said("up --stack real", {}, "clone/bootstrap")).toMatch(refused);
    expect(said("up --stack real -C clone", {}, ".")).toMatch(refused);
  });

  test("does for reading", () => {
    expect(said("stack output --stack real", {})).toBe("cli stack output --stack real\n");
  });
});

describe("with a stand-in for ssh", () => {
  const stack = `test-tunnel-${process.pid}`;
  const file = path.join(PROJECT, `Pulumi.${stack}.yaml`);

  beforeAll(() => {
    const host = { docker: "ssh://deploy@host.test", bindAddress: "192.0.2.1", adminAddress: "127.1.2.3" };
    fs.writeFileSync(file, stringify({ config: { "sso:host": host } }));
  });

  afterAll(() => {
    fs.rmSync(file);
  });

  /** Runs `cli` within the tunnel, `ssh` being that script. */
  function within(
    ssh: string,
    cli: string,
    cwd = PROJECT,
  ): { status: number | null; out: string; err: string } {
    script("ssh", `#!/bin/sh\n${ssh}\n`);
    const wrapper = path.join(PROJECT, "automation/with-tunnel.ts");
    const words = [wrapper, script("cli", `#!/bin/sh\n${cli}\n`), "up", "--stack", stack];
    const { status, stdout, stderr } = spawnSync(process.execPath, words, {
      cwd,
      env: { ...process.env, PATH: `${folder}:${process.env.PATH ?? ""}` },
      encoding: "utf8",
    });
    return { status, out: stdout, err: stderr };
  }

  const log = path.join(folder, "log");

  test("the CLI runs once it is open, and it closes after that", async () => {
    const ssh = `echo "$*" > ${log}; echo sso-tunnel-open; cat; echo closed >> ${log}`;
    expect(within(ssh, `grep -c closed ${log}; exit 3`)).toEqual({ status: 3, out: "0\n", err: "" });
    const said = (): string[] => fs.readFileSync(log, "utf8").split("\n");
    await eventually("it has said two lines", () => said().length > 2, { withinMs: 5000, everyMs: 20 });
    const [called = "", closed] = said();
    expect(called).toContain("StrictHostKeyChecking=yes");
    expect(called).toContain("ForwardAgent=no");
    expect(called).toContain("-L 127.1.2.3:15432:127.1.2.3:15432 -L 127.1.2.3:18443:127.1.2.3:18443");
    expect(closed).toBe("closed");
  });

  test("it is opened as the file says of the project that the CLI takes, from whichever folder", () => {
    const ssh = `echo opened >> ${log}.opened; echo sso-tunnel-open; cat`;
    for (const other of ["another-clone", "another-project"]) write(`${other}/Pulumi.yaml`, "name: sso\n");
    fs.copyFileSync(file, path.join(folder, "another-clone", path.basename(file)));
    write(
      `another-project/${path.basename(file)}`,
      stringify({ config: { "site:host": "ssh://host.test" } }),
    );
    const opened = [
      "components",
      path.join(folder, "another-clone"),
      path.join(folder, "another-project"),
    ].map((cwd) => {
      expect(within(ssh, "echo ran", path.resolve(PROJECT, cwd))).toEqual({
        status: 0,
        out: "ran\n",
        err: "",
      });
      return fs.readFileSync(`${log}.opened`, "utf8").split("\n").length - 1;
    });
    expect(opened).toEqual([1, 2, 2]);
  });

  test("a port that is still taken by the tunnel before is waited for", () => {
    const ssh = `[ -e ${log}.freed ] || { touch ${log}.freed; echo "bind [127.1.2.3]:18443: Address already in use" >&2; exit 255; }`;
    expect(within(`${ssh}; echo sso-tunnel-open; cat`, "echo ran")).toEqual({
      status: 0,
      out: "ran\n",
      err: "",
    });
  });

  test.each([
    ["a terminal", "", -1],
    ["a program, at a terminal", "true", -1],
    ["a program that is told to end", "true", 1],
  ])("the CLI gets one interrupt of %s", async (_, called, group) => {
    script("ssh", "#!/bin/sh\necho sso-tunnel-open; exec cat\n");
    const cli = script(
      "cli",
      `#!/bin/sh\ntrap 'echo INT; ends=yes' INT; echo begun\nfor _ in $(seq 100); do [ "$ends" ] || sleep 0.1; done\nsleep 0.5; exit 3\n`,
    );
    const words = ["automation/with-tunnel.ts", cli, "up", "--stack", stack];
    const child = spawn(process.execPath, words, {
      cwd: PROJECT,
      detached: true,
      stdio: ["ignore", "pipe", "inherit"],
      env: {
        ...process.env,
        PATH: `${folder}:${process.env.PATH ?? ""}`,
        PULUMI_AUTOMATION_API: called,
      },
    });
    let out = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
    await once(child.stdout, "data");
    process.kill((child.pid ?? 0) * group, "SIGINT");
    expect(await once(child, "close")).toEqual([3, null]);
    expect(out).toBe("begun\nINT\n");
  });

  test("one that cannot be opened: its reason, and the CLI is not run", () => {
    const ssh = 'echo "deploy@host.test: Permission denied (publickey)." >&2; exit 255';
    const { status, out, err } = within(ssh, "echo ran");
    expect({ status, out }).toEqual({ status: 1, out: "" });
    expect(err).toMatch(/^error: ssh:\/\/deploy@host\.test: it does not let this user in: .*\n$/);
  });

  test("one that is cut: the CLI's own exit code, and what to do", () => {
    const ssh = 'echo sso-tunnel-open; sleep 0.2; echo "Connection to host.test closed." >&2; exit 255';
    const { status, err } = within(ssh, "sleep 1; exit 255");
    expect(status).toBe(255);
    expect(err).toBe(
      "error: the connection to the stack's host was cut (ssh://deploy@host.test: ssh ended: Connection to " +
        "host.test closed.). Check the host and the network, then run the same again: it goes on where it stopped.\n",
    );
  });
});
