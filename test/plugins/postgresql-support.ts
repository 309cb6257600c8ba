/** A throwaway PostgreSQL for the tests of the postgresql plugin. */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import type { Properties } from "../../plugins/core/definition.ts";
import { Provider, type Call, type Difference, type Kept } from "../../plugins/core/provider.ts";
import { plugin } from "../../plugins/postgresql/plugin.ts";
import type { Server } from "../../plugins/postgresql/server.ts";
import { untilServing } from "../stack/containers.ts";

const IMAGE = "sso-test/postgres";

/** `docker …`, its output. */
export async function docker(...args: readonly string[]): Promise<string> {
  return (await promisify(execFile)("docker", args)).stdout.trim();
}

/** A server in a container of its own. */
export class TestServer {
  readonly #container: string;
  readonly #password: string;
  #port = 0;

  private constructor(container: string, password: string) {
    this.#container = container;
    this.#password = password;
  }

  public static async start(): Promise<TestServer> {
    await docker("build", "--quiet", "--tag", IMAGE, join(import.meta.dirname, "images/postgres"));
    const password = randomBytes(12).toString("hex");
    const name = `pg-test-${process.pid}-${randomBytes(3).toString("hex")}`;
    const options = ["--detach", "--rm", "--name", name, "--publish", "127.0.0.1::5432"];
    await docker("run", ...options, "--env", `POSTGRES_PASSWORD=${password}`, IMAGE);
    const server = new TestServer(name, password);
    const published = await docker("port", name, "5432/tcp");
    server.#port = Number(published.slice(published.lastIndexOf(":") + 1));
    await untilServing(name, () => server.sql("SELECT 1"));
    return server;
  }

  /** What a program gives to `new postgresql.Provider`. */
  public config(more: Properties = {}): Properties {
    const reach = { host: "127.0.0.1", port: this.#port, username: "postgres", password: this.#password };
    return { ...reach, sslmode: "disable", connectTimeout: 10, ...more };
  }

  /** Statements of a person at psql, past the plugin. */
  public async sql<Row extends pg.QueryResultRow>(statement: string, database = "postgres"): Promise<Row[]> {
    const client = new pg.Client({
      host: "127.0.0.1",
      port: this.#port,
      user: "postgres",
      password: this.#password,
      database,
    });
    client.on("error", () => undefined); // its statement fails as well, and that is told
    await client.connect();
    try {
      return (await client.query<Row>(statement)).rows;
    } finally {
      await client.end();
    }
  }

  /** Whether somebody gets in with a password. */
  public async letsIn(user: string, password: string, database = "postgres"): Promise<boolean> {
    const client = new pg.Client({ host: "127.0.0.1", port: this.#port, user, password, database });
    try {
      await client.connect();
      return true;
    } catch (error) {
      if (error instanceof pg.DatabaseError && error.code === "28P01") return false;
      throw error;
    } finally {
      await client.end();
    }
  }

  /** Runs a command in the container as the server's user. */
  public exec(...command: readonly string[]): Promise<string> {
    return docker("exec", "--user", "postgres", this.#container, ...command);
  }

  public log(): Promise<string> {
    // The server writes its log to standard error.
    return promisify(execFile)("docker", ["logs", this.#container]).then(({ stderr }) => stderr);
  }

  public async pause(): Promise<void> {
    await docker("pause", this.#container);
  }

  public async resume(): Promise<void> {
    await docker("unpause", this.#container);
  }

  public async stop(): Promise<void> {
    await docker("rm", "--force", "--volumes", this.#container);
  }
}

/** What the engine says with an operation. */
export function call(more: Partial<Call> = {}): Call {
  const silent = (): void => undefined;
  return { signal: new AbortController().signal, name: "test", status: silent, warn: silent, ...more };
}

/** A resource as the engine keeps it. */
export interface Resource extends Kept {
  readonly token: string;
  readonly inputs: Properties;
}

/** The plugin as the engine uses it, with what the engine does between the calls. */
export class Engine {
  readonly #provider = new Provider<Server>(plugin);

  public constructor(config: Properties) {
    this.#provider.configure(config);
  }

  public close(): Promise<void> {
    return this.#provider.close();
  }

  /** Checked inputs. */
  public check(type: string, news: Properties, olds: Properties = {}): Properties {
    const { inputs, failures } = this.#provider.check(tokenOf(type), { name: "test", olds, news });
    if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join("; "));
    return inputs;
  }

  public async create(type: string, news: Properties, more?: Partial<Call>): Promise<Resource> {
    const [token, inputs] = [tokenOf(type), this.check(type, news)];
    return { token, inputs, ...(await this.#provider.create(token, inputs, call(more))) };
  }

  public diff({ token, inputs, outputs }: Resource, news: Properties): Difference {
    return this.#provider.diff(token, outputs, this.check(token, news, inputs));
  }

  public async update(resource: Resource, news: Properties): Promise<Resource> {
    const { token, id, outputs } = resource;
    const inputs = this.check(token, news, resource.inputs);
    const next = await this.#provider.update(token, id, outputs, inputs, call());
    return { token, inputs, id: typeof next.id === "string" ? next.id : id, outputs: next };
  }

  /** `undefined` when it is gone. */
  public async refresh({ token, id, inputs, outputs }: Resource): Promise<Resource | undefined> {
    const read = await this.#provider.read(token, id, inputs, outputs, call());
    return read === undefined ? undefined : { token, ...read };
  }

  /** A refresh of something that must be there. */
  public async refreshed(resource: Resource): Promise<Resource> {
    const read = await this.refresh(resource);
    if (read === undefined) throw new Error(`${resource.id} is gone`);
    return read;
  }

  public async import(type: string, id: string): Promise<Resource | undefined> {
    return this.refresh({ token: tokenOf(type), id, inputs: {}, outputs: {} });
  }

  public async delete({ token, id, outputs }: Resource): Promise<void> {
    await this.#provider.delete(token, id, outputs, call());
  }
}

/** `Role` → `postgresql:index/role:Role`. */
function tokenOf(type: string): string {
  const token = Object.keys(plugin.resources).find((each) => each === type || each.endsWith(`:${type}`));
  if (token === undefined) throw new Error(`the plugin has no type ${type}`);
  return token;
}
