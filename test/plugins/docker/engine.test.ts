import { execFile } from "node:child_process";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { Engine } from "../../../plugins/docker/engine/engine.ts";
import { loginFor, registryLogins } from "../../../plugins/docker/engine/registry.ts";
import { sshCommand } from "../../../plugins/docker/engine/ssh.ts";
import { failure } from "./support.ts";

const { signal } = new AbortController();

function version(engine: Engine, limitSec?: number): Promise<unknown> {
  return engine.ask(signal, (docker) => docker.version(), limitSec);
}

describe("an engine that is not there", () => {
  it.each([
    ["unix:///nowhere/docker.sock", "(ENOENT): nothing is there: start Docker"],
    ["tcp://127.0.0.1:1", "(ECONNREFUSED): nothing listens there: start Docker"],
  ])("%s is named with the remedy", async (host, remedy) => {
    const message = await failure(version(new Engine({ host })));
    expect(message).toBe(
      `cannot reach the Docker engine at ${host} ${remedy}, or set docker:host or DOCKER_HOST`,
    );
  });

  it("but listens and says nothing is an error, not a hang", async () => {
    const clients: Socket[] = [];
    const silent = createServer((client) => void clients.push(client));
    await new Promise<void>((listening) => silent.listen(0, "127.0.0.1", listening));
    const host = `tcp://127.0.0.1:${String((silent.address() as AddressInfo).port)}`;
    const engine = new Engine({ host });
    const message = await failure(version(engine, 0.3));
    silent.close();
    for (const client of clients) client.destroy();
    expect(message).toBe(`the Docker engine at ${host} gave no answer within 0.3 s: check that it is alive`);
  });

  it.each([
    [
      "localhost",
      "docker:host localhost is no address: use unix:///path, tcp://host:port or ssh://user@host",
    ],
    ["ftp://host", "docker:host ftp://host is not supported: use unix://, tcp:// or ssh://"],
  ])("because docker:host is %s is refused", async (host, message) => {
    expect(await failure(version(new Engine({ host })))).toBe(message);
  });

  it("is found when it comes back", async () => {
    const directory = await mkdtemp(join(tmpdir(), "dk-test-"));
    const engine = new Engine({ host: `unix://${directory}/docker.sock` });
    await failure(version(engine));
    const { symlink } = await import("node:fs/promises");
    await symlink("/var/run/docker.sock", join(directory, "docker.sock"));
    expect(await version(engine)).toHaveProperty("ApiVersion");
    await rm(directory, { recursive: true });
  });
});

describe("an engine over ssh", () => {
  it("is reached by the ssh command with the operator's options", () => {
    expect(sshCommand(new URL("ssh://root@host.test:2222"), ["-i", "key"])).toEqual(
      ["-i", "key", "-o", "ConnectTimeout=30", "-T", "-l", "root", "-p", "2222"].concat([
        "--",
        "host.test",
        "docker",
        "system",
        "dial-stdio",
      ]),
    );
    expect(sshCommand(new URL("ssh://host.test/run/docker.sock"), []).slice(-5)).toEqual([
      "docker",
      "--host",
      "unix:///run/docker.sock",
      "system",
      "dial-stdio",
    ]);
  });

  describe("with a stand-in for ssh", () => {
    let directory = "";

    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), "dk-test-"));
    });

    afterAll(() => rm(directory, { recursive: true }));

    /** Runs `ssh-client.ts` with `script` as its ssh. */
    async function client(script: string): Promise<unknown> {
      await writeFile(join(directory, "ssh"), `#!${process.execPath}\n${script}`);
      await chmod(join(directory, "ssh"), 0o755);
      const env = { ...process.env, PATH: `${directory}:${process.env.PATH ?? ""}` };
      const { stdout } = await promisify(execFile)(process.execPath, [resolve(__dirname, "ssh-client.ts")], {
        env,
      });
      return JSON.parse(stdout);
    }

    it("answers, over few connections", async () => {
      const log = join(directory, "connections");
      const answer = await client(`
        require("fs").appendFileSync(${JSON.stringify(log)}, "x");
        const engine = require("net").connect("/var/run/docker.sock");
        process.stdin.pipe(engine).pipe(process.stdout);
        process.stdin.on("end", () => engine.end());
      `);
      expect(answer).toEqual({ names: expect.arrayContaining(["bridge"]) as unknown });
      const { readFile } = await import("node:fs/promises");
      expect((await readFile(log, "utf8")).length).toBeLessThanOrEqual(8);
    });

    it("shows what ssh complains about", async () => {
      const answer = await client(`console.error("Permission denied (publickey)."); process.exit(255);`);
      expect(answer).toEqual({
        error:
          "cannot reach the Docker engine at ssh://root@host.test (Permission denied (publickey).): " +
          "check that `ssh HOST docker version` works there without typing a password",
      });
    });
  });
});

describe("registry logins", () => {
  const logins = registryLogins({
    registryAuth: [
      { address: "https://registry.test:5000", username: "u", password: "p" },
      { address: "off.test", username: "u", password: "p", authDisabled: true },
    ],
  });

  it.each([
    ["registry.test:5000/team/image:1", "u"],
    ["debian:bookworm", undefined],
    ["registry.test:5000", undefined],
    ["off.test/image", undefined],
    ["other.test/image", undefined],
  ])("for %s", (name, username) => {
    expect(loginFor(logins, name)?.username).toBe(username);
  });
});
