import { once } from "node:events";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Properties } from "../../../plugins/core/definition.ts";
import { text } from "../../../plugins/docker/values.ts";
import { eventually } from "../../eventually.ts";
import { cleanUp, context, docker, failure, image as base, sleeper, type, unique } from "./support.ts";

const image = type("RemoteImage");
const container = type("Container");
let directory = "";

/** A build context with these files. */
async function files(content: Readonly<Record<string, string>>): Promise<string> {
  const root = await mkdtemp(join(directory, "context-"));
  for (const [path, text] of Object.entries(content)) {
    await mkdir(join(root, path, ".."), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return root;
}

function build(name: string, root: string, more: Properties = {}): Properties {
  return { name, build: { context: root, dockerfile: "Dockerfile", remove: true, ...more } };
}

async function run(name: string, ...command: string[]): Promise<string> {
  const inputs = sleeper(unique("run"), { image: name, command, attach: true, logs: true, mustRun: false });
  const made = await container.create(context(), inputs);
  return text(made.state.containerLogs);
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "dk-test-"));
});

afterAll(async () => {
  await rm(directory, { recursive: true });
  await cleanUp();
});

describe("an image that is built", () => {
  it("takes arguments, target, labels and tags, and its ID is the image's with the name", async () => {
    const at = context();
    const root = await files({
      "sub/Dockerfile.test": [
        `FROM ${base} AS first`,
        "ARG GREETING=hi",
        'RUN echo "$GREETING" > /greeting',
        "FROM first AS second",
        "RUN touch /second",
      ].join("\n"),
    });
    const name = `${unique("built")}:1`;
    const tag = `${unique("built")}:also`;
    const made = await image.create(
      at,
      build(name, root, {
        dockerfile: "sub/Dockerfile.test",
        buildArgs: { GREETING: "two words" },
        target: "first",
        labels: { role: "test" },
        tags: [tag],
      }),
    );
    const found = await docker.getImage(name).inspect();
    expect(made).toEqual({ id: `${found.Id}${name}`, state: { name, imageId: found.Id, repoDigest: "" } });
    expect(found.Config.Labels).toEqual({ role: "test" });
    expect((await docker.getImage(tag).inspect()).Id).toBe(found.Id);
    expect(await run(name, "sh", "-c", "cat /greeting; ls /second 2>&1 || true")).toMatch(
      /^two words\n.*No such file/,
    );
    expect(at.statuses).toContain(`${name}: 1/4 : FROM ${base} AS first`);
  });

  it("leaves out what .dockerignore says, but finds its Dockerfile", async () => {
    const root = await files({
      Dockerfile: `FROM ${base}\nCOPY . /context\n`,
      ".dockerignore": "# comment\n*.log\nsecret\nDockerfile\nlib/*\n!lib/keep\n",
      "a.txt": "a",
      "b.log": "b",
      "secret/key": "c",
      "lib/drop": "d",
      "lib/keep": "e",
    });
    await symlink("a.txt", join(root, "link"));
    const name = unique("ignore");
    await image.create(context(), build(name, root));
    const listed = await run(name, "find", "/context", "-mindepth", "1", "-printf", "%P %u\\n");
    expect(listed.trim().split("\n").sort()).toEqual([
      ".dockerignore root",
      "a.txt root",
      "lib root",
      "lib/keep root",
      "link root",
    ]);
  });

  it("may have its Dockerfile outside of the context", async () => {
    const root = await files({ "file.txt": "x" });
    const outside = await files({ Dockerfile: `FROM ${base}\nCOPY file.txt /\n` });
    const name = unique("outside");
    await image.create(context(), build(name, root, { dockerfile: join(outside, "Dockerfile") }));
    expect(await run(name, "cat", "/file.txt")).toBe("x");
  });

  it("fails with the step and its last lines", async () => {
    const root = await files({
      Dockerfile: `FROM ${base}\nRUN echo before\nRUN seq 30; echo wrong >&2; exit 7\n`,
    });
    const name = unique("fails");
    const message = await failure(image.create(context(), build(name, root)));
    const [first, ...lines] = message.split("\n");
    expect(first).toMatch(
      new RegExp(`^building image "${name}" failed at step 3/3 : RUN seq 30.*returned a non-zero code: 7$`),
    );
    expect(lines).toHaveLength(20);
    expect(lines.at(-1)?.trim()).toMatch(/wrong|30/);
    expect(message).not.toContain("before");
  });

  it("fails for want of a Dockerfile or a context before the engine is asked", async () => {
    const root = await files({});
    const nowhere = context({ host: "unix:///nowhere.sock" });
    expect(await failure(image.create(nowhere, build("x", root)))).toBe(
      `Dockerfile ${root}/Dockerfile is missing`,
    );
    expect(await failure(image.create(nowhere, build("x", "/no/where")))).toBe(
      "build context /no/where is no directory",
    );
  });

  it.each(["unix", "tcp"])("fails with the file that cannot be packed, over %s", async (protocol) => {
    // An engine that takes a moment to be found, and then all it is sent.
    const engine = createHttpServer((request, response) => {
      if (request.url?.includes("/build") === true) request.resume();
      else setTimeout(() => response.end(JSON.stringify({ ApiVersion: "1.51" })), 300);
    });
    const root = await files({ Dockerfile: `FROM ${base}\n` });
    await writeFile(
      Buffer.concat([Buffer.from(`${root}/no-`), Buffer.of(0xff)]),
      "in no encoding, so not found",
    );
    const socket = join(directory, `${protocol}.sock`);
    engine.listen(protocol === "unix" ? { path: socket } : { host: "127.0.0.1", port: 0 });
    await once(engine, "listening");
    const address = engine.address();
    const host =
      typeof address === "string" ? `unix://${address}` : `tcp://127.0.0.1:${String(address?.port)}`;
    try {
      expect(await failure(image.create(context({ host }), build("x", root)))).toMatch(
        /^no-\ufffd of the build context cannot be read \(ENOENT: .*\): make it readable, or name it in \.dockerignore$/,
      );
    } finally {
      engine.closeAllConnections();
      engine.close();
    }
  });

  it("is cancelled", async () => {
    const cancel = new AbortController();
    const root = await files({ Dockerfile: `FROM ${base}\nRUN sleep 300\n` });
    const at = context({}, cancel.signal);
    const building = failure(image.create(at, build(unique("cancel"), root)));
    await eventually("it is at its last step", () => at.statuses.some((status) => status.includes("2/2")), {
      everyMs: 50,
    });
    cancel.abort();
    expect(await building).toBe("cancelled");
  });

  it("ends with the operator's timeout, naming the step", async () => {
    const root = await files({ Dockerfile: `FROM ${base}\nRUN sleep 300\n` });
    const name = unique("slow");
    const at = { ...context(), timeoutSec: 10 };
    expect(await failure(image.create(at, build(name, root)))).toBe(
      `building image "${name}", at step 2/2 : RUN sleep 300, was not done within 10 s: ` +
        "see what it waits for, or allow more with customTimeouts",
    );
  });
});

describe("an image that is pulled", () => {
  it("ends with the operator's timeout where the registry does not answer", async () => {
    const silent = createServer().listen(0, "127.0.0.1");
    await once(silent, "listening");
    const { port } = silent.address() as AddressInfo;
    const name = `127.0.0.1:${String(port)}/silent:1`;
    try {
      const at = { ...context(), timeoutSec: 2 };
      expect(await failure(image.create(at, { name }))).toBe(
        `pulling image "${name}" was not done within 2 s: ` +
          "see what it waits for, or allow more with customTimeouts",
      );
    } finally {
      silent.close();
    }
  });
});

describe("an image's life", () => {
  it("shows an image rebuilt or removed by hand", async () => {
    const at = context();
    const root = await files({ Dockerfile: `FROM ${base}\nRUN echo 1 > /1\n` });
    const name = `${unique("drift")}:1`;
    const made = await image.create(at, build(name, root));
    await docker.getImage(base).tag({ repo: name.replace(/:1$/, ""), tag: "1" });
    const moved = await image.read(at, made.id, made.state);
    expect(moved?.state.imageId).toBe((await docker.getImage(base).inspect()).Id);
    expect(moved?.id).not.toBe(made.id);
    await docker.getImage(name).remove();
    expect(await image.read(at, made.id, made.state)).toBeUndefined();
    expect((await image.read(at, `${made.id.slice(0, 71)}${base}`, {}))?.state.name).toBe(base);
  });

  it("deletes name and tags, but leaves a name that its successor has taken over", async () => {
    const at = context();
    const name = `${unique("replaced")}:1`;
    const tag = `${unique("replaced")}:tag`;
    const make = async (greeting: string): Promise<{ id: string; state: Properties }> => {
      const inputs = build(name, await files({ Dockerfile: `FROM ${base}\nRUN echo ${greeting} > /x\n` }), {
        tags: [tag],
      });
      const made = await image.create(at, inputs);
      return { id: made.id, state: { ...inputs, ...made.state } };
    };
    const first = await make("first");
    const second = await make("second");
    await image.delete(at, first.id, first.state);
    expect((await docker.getImage(name).inspect()).Id).toBe(second.state.imageId);
    expect(await failure(docker.getImage(text(first.state.imageId)).inspect())).toContain("no such image");
    await image.delete(at, second.id, second.state);
    expect(await failure(docker.getImage(name).inspect())).toContain("no such image");
    expect(await failure(docker.getImage(tag).inspect())).toContain("no such image");
    await image.delete(at, second.id, second.state);
  });

  it("is kept with keepLocally", async () => {
    const at = context();
    const made = await image.create(at, { name: base });
    await image.delete(at, made.id, { ...made.state, keepLocally: true });
    expect((await docker.getImage(base).inspect()).Id).toBe(made.state.imageId);
  });

  it("adds and removes tags in place", async () => {
    const at = context();
    const root = await files({ Dockerfile: `FROM ${base}\nRUN echo tags > /x\n` });
    const [name, old, next] = [unique("tags"), unique("tags"), `${unique("tags")}:v2`];
    const inputs = build(name, root, { tags: [old] });
    const made = await image.create(at, inputs);
    await image.update?.(at, made.id, { ...inputs, ...made.state }, build(name, root, { tags: [next] }));
    expect((await docker.getImage(next).inspect()).Id).toBe(made.state.imageId);
    expect(await failure(docker.getImage(old).inspect())).toContain("no such image");
  });
});
