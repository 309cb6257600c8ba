import { createServer, type Server, type Socket, connect } from "node:net";
import { PartialError } from "../../../plugins/core/errors.ts";
import { eventually } from "../../eventually.ts";
import { check, cleanUp, context, docker, exists, failure, sleeper, type, unique } from "./support.ts";

const container = type("Container");

afterAll(cleanUp);

describe("a container that cannot be made", () => {
  it("for want of an image says so", async () => {
    const name = unique("image");
    const message = await failure(container.create(context(), sleeper(name, { image: "sso/none:1" })));
    expect(message).toMatch(
      /image "sso\/none:1" is not on the Docker host and cannot be pulled: .*; build it, correct/,
    );
    const id = `sha256:${"0".repeat(64)}`;
    expect(await failure(container.create(context(), sleeper(name, { image: id })))).toBe(
      `container "${name}": image ${id} is not on the Docker host: run \`pulumi up --refresh\` to make it again`,
    );
  });

  it("because its name is taken names who has it", async () => {
    const name = unique("taken");
    const { id } = await container.create(context(), sleeper(name));
    expect(await failure(container.create(context(), sleeper(name)))).toBe(
      `container "${name}": its name is in use by container ${id.slice(0, 12)}: ` +
        `remove that one with \`docker rm -f ${name}\`, or import it`,
    );
    expect(await exists(name)).toBe(true);
  });

  it("because its port is taken names address and port, and leaves nothing", async () => {
    const taken = createServer();
    const port = await listen(taken);
    const name = unique("port");
    const ports = [{ internal: 80, external: port, ip: "127.0.0.1", protocol: "tcp" }];
    const message = await failure(container.create(context(), sleeper(name, { ports })));
    taken.close();
    expect(message).toContain(`container "${name}": cannot publish 127.0.0.1:${String(port)}: something`);
    expect(message).toContain("publish another address or port");
    expect(await exists(name)).toBe(false);
  });

  it("because another container has the port names address and port", async () => {
    const first = await container.create(
      context(),
      sleeper(unique("port"), { ports: [{ internal: 80, ip: "127.0.0.1", protocol: "tcp" }] }),
    );
    const name = unique("port");
    const message = await failure(
      container.create(context(), sleeper(name, { ports: first.state.ports ?? null })),
    );
    expect(message).toMatch(/cannot publish 127\.0\.0\.1:\d+: something on the Docker host listens there/);
    expect(await exists(name)).toBe(false);
  });

  it("because the host lacks the address says so", async () => {
    const ports = [{ internal: 80, external: 50001, ip: "203.0.113.9", protocol: "tcp" }];
    const message = await failure(container.create(context(), sleeper(unique("address"), { ports })));
    expect(message).toContain("cannot publish 203.0.113.9:50001: the Docker host has no such address");
  });

  it("because a network is missing leaves nothing", async () => {
    const name = unique("network");
    const message = await failure(
      container.create(context(), sleeper(name, { networksAdvanced: [{ name: "dk-test-none" }] })),
    );
    expect(message).toBe(
      `container "${name}": network "dk-test-none" does not exist: make it first, or correct networksAdvanced`,
    );
    expect(await exists(name)).toBe(false);
  });

  it("because an upload is refused leaves nothing", async () => {
    const name = unique("upload");
    const uploads = [{ file: "/etc/x", content: "x" }];
    const message = await failure(container.create(context(), sleeper(name, { readOnly: true, uploads })));
    expect(message).toContain(`container "${name}": uploading /etc/x failed: `);
    expect(await exists(name)).toBe(false);
  });

  it("because its program is missing leaves nothing", async () => {
    const name = unique("program");
    expect(await failure(container.create(context(), sleeper(name, { command: ["nonsense"] })))).toBe(
      `container "${name}": the image has no program "nonsense": correct command or entrypoints`,
    );
    expect(await exists(name)).toBe(false);
  });
});

describe("a container that does not become healthy", () => {
  it("because it ends fails at once with its last 20 lines, and leaves nothing", async () => {
    const name = unique("ends");
    const command = ["sh", "-c", "seq 30; exit 5"];
    const started = Date.now();
    const message = await failure(
      container.create(context(), sleeper(name, { command, healthcheck: check("CMD", "true"), wait: true })),
    );
    expect(Date.now() - started).toBeLessThan(20_000);
    const lines = Array.from({ length: 20 }, (_, at) => `\n  ${String(at + 11)}`).join("");
    expect(message).toBe(
      `container "${name}" exited with code 5 before it became healthy; its last lines:${lines}`,
    );
    expect(await exists(name)).toBe(false);
  });

  it("in time says what the check said", async () => {
    const name = unique("sick");
    const healthcheck = check("CMD-SHELL", "echo not yet; exit 1");
    const message = await failure(
      container.create(context(), sleeper(name, { healthcheck, wait: true, waitTimeout: 8 })),
    );
    expect(message).toBe(
      `container "${name}" did not become healthy within 8 s (unhealthy, last check: not yet); it wrote nothing`,
    );
    expect(await exists(name)).toBe(false);
  });

  it("because it has no check says so", async () => {
    const name = unique("nocheck");
    expect(await failure(container.create(context(), sleeper(name, { wait: true })))).toBe(
      `container "${name}" has no healthcheck to wait for: add one, or leave out wait`,
    );
  });

  it("because the operator cancels ends at once and leaves nothing", async () => {
    const cancel = new AbortController();
    const name = unique("cancel");
    const waiting = failure(
      container.create(
        context({}, cancel.signal),
        sleeper(name, { healthcheck: check("CMD", "false"), wait: true, waitTimeout: 600 }),
      ),
    );
    await eventually(`${name} is there`, () => exists(name), { everyMs: 50 });
    const cancelled = Date.now();
    cancel.abort();
    expect(await waiting).toBe("cancelled");
    expect(Date.now() - cancelled).toBeLessThan(10_000);
    expect(await exists(name)).toBe(false);
  });

  it("because the engine is lost names the engine, and stays in the state to be replaced", async () => {
    const line = await proxy();
    const name = unique("lost");
    const healthcheck = check("CMD", "false");
    const making = container.create(
      context({ host: line.host }),
      sleeper(name, { healthcheck, wait: true, waitTimeout: 600 }),
    );
    const outcome = making.then(
      () => undefined,
      (error: unknown) => error,
    );
    await eventually(`${name} runs`, () => running(name), { everyMs: 50 });
    line.cut();
    const error = await outcome;
    expect(error).toBeInstanceOf(PartialError);
    const { message, found } = error as PartialError;
    expect(message).toContain(`cannot reach the Docker engine at ${line.host}`);
    expect(found.state).toEqual({ image: "" });
    expect((await docker.getContainer(name).inspect()).Id).toBe(found.id);
  });
});

async function running(name: string): Promise<boolean | undefined> {
  return docker
    .getContainer(name)
    .inspect()
    .then(
      ({ State: state }) => state.Running,
      () => undefined,
    );
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

/** A way to the engine over TCP that can be cut. */
async function proxy(): Promise<{ host: string; cut(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const engine = connect("/var/run/docker.sock");
    for (const socket of [client, engine]) {
      sockets.add(socket);
      socket.on("error", () => undefined);
    }
    client.pipe(engine).pipe(client);
  });
  const port = await listen(server);
  const cut = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { host: `tcp://127.0.0.1:${String(port)}`, cut };
}
