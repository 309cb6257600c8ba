/** One PostgreSQL server: connections per database, transactions, and what happens when it does not answer. */
import pg from "pg";
import type { Context } from "../core/definition.ts";
import { connectFault, statementFault } from "./faults.ts";
import type { Settings } from "./settings.ts";

/** What a handler is given. */
export type Operation = Context<Server>;

/** Seconds a statement may take where the operator says nothing. */
const STATEMENT_TIMEOUT_SEC = 120;

/** Connections that nobody uses must not keep a database from being renamed or dropped for long. */
const IDLE_TIMEOUT_MS = 2_000;

/** Dates as the official plugin sees them; and a server that notices when its client is gone (PostgreSQL 14). */
const PREPARE = `SELECT set_config('DateStyle', 'ISO, MDY', false),
  CASE WHEN current_setting('server_version_num')::int >= 140000
    THEN set_config('client_connection_check_interval', '1s', false) END`;

/** One connection, for as long as one piece of work. */
export class Session {
  readonly #client: pg.PoolClient;
  readonly #settings: Settings;
  readonly #timeoutSec: number;
  readonly #signal: AbortSignal;
  #isHeld = false;

  public constructor(client: pg.PoolClient, settings: Settings, timeoutSec: number, signal: AbortSignal) {
    this.#client = client;
    this.#settings = settings;
    this.#timeoutSec = timeoutSec;
    this.#signal = signal;
  }

  /**
   * From here on only the time limit cuts a statement off. PostgreSQL may end one all the same, and then nobody would
   * know what it made.
   */
  public hold(): void {
    this.#signal.throwIfAborted();
    this.#signal.onabort = null;
    this.#isHeld = true;
  }

  /** Whether the operator's signal cuts nothing off any more. */
  public get isHeld(): boolean {
    return this.#isHeld;
  }

  /** Rows of a statement. Names in `statement` are quoted by `identifier`; values are parameters. */
  public async query<Row extends pg.QueryResultRow>(
    statement: string,
    values: readonly unknown[] = [],
  ): Promise<Row[]> {
    const query = { text: statement, values: [...values], query_timeout: this.#timeoutSec * 1000 };
    try {
      return (await this.#client.query<Row>(query)).rows;
    } catch (error) {
      throw statementFault(error, this.#settings, this.#timeoutSec);
    }
  }
}

export class Server {
  public readonly settings: Settings;
  readonly #pools = new Map<string, pg.Pool>();
  readonly #prepared = new WeakSet<pg.PoolClient>();
  #turn: Promise<unknown> = Promise.resolve();

  public constructor(settings: Settings) {
    this.settings = settings;
  }

  /** Reads, beside whatever else goes on. */
  public read<T>(context: Operation, database: string, work: (session: Session) => Promise<T>): Promise<T> {
    return this.#use(context, database, work);
  }

  /**
   * Changes in one transaction. Changes wait for each other: PostgreSQL refuses two at a time on one catalogue row
   * ("tuple concurrently updated"), and two grants on one schema are such.
   */
  public change<T>(context: Operation, database: string, work: (session: Session) => Promise<T>): Promise<T> {
    return this.#inTurn(() =>
      this.#use(context, database, async (session) => {
        await session.query("BEGIN");
        try {
          const result = await work(session);
          session.hold();
          await session.query("COMMIT");
          return result;
        } catch (error) {
          // A connection that is gone has rolled back by itself; the first error is the one to tell.
          await session.query("ROLLBACK").catch(() => undefined);
          throw error;
        }
      }),
    );
  }

  /** A change that PostgreSQL allows in no transaction, such as of a database: each statement stands at once. */
  public changeAlone<T>(context: Operation, work: (session: Session) => Promise<T>): Promise<T> {
    return this.#inTurn(() =>
      this.#use(context, this.settings.database, (session) => {
        session.hold();
        return work(session);
      }),
    );
  }

  /** Ends the connections to one database, which would keep it from being renamed, copied or dropped. */
  public async leave(database: string): Promise<void> {
    const pool = this.#pools.get(database);
    this.#pools.delete(database);
    await pool?.end();
  }

  public async close(): Promise<void> {
    await Promise.all([...this.#pools.keys()].map((database) => this.leave(database)));
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    // Whoever asked hears of a failure; the next one gets its turn.
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #use<T>(context: Operation, database: string, work: (session: Session) => Promise<T>): Promise<T> {
    const signal = AbortSignal.any([context.signal]); // one of its own, to listen to and forget
    const client = await this.#connect(signal, database);
    let isReleased = false;
    const release = (broken: boolean): void => {
      if (!isReleased) client.release(broken);
      isReleased = true;
    };
    signal.onabort = () => {
      release(true); // ends the statement under way
    };
    const timeoutSec = context.timeoutSec ?? STATEMENT_TIMEOUT_SEC;
    const session = new Session(client, this.settings, timeoutSec, signal);
    try {
      if (!this.#prepared.has(client)) await session.query(PREPARE);
      this.#prepared.add(client);
      const result = await work(session);
      release(false);
      return result;
    } catch (error) {
      release(true); // nobody knows what state it is in
      if (!session.isHeld) signal.throwIfAborted();
      throw error;
    }
  }

  async #connect(signal: AbortSignal, database: string): Promise<pg.PoolClient> {
    signal.throwIfAborted();
    const connecting = this.#pool(database).connect();
    const aborted = new Promise<never>((_, reject) => {
      signal.onabort = () => {
        reject(signal.reason as Error);
      };
    });
    try {
      return await Promise.race([connecting, aborted]);
    } catch (error) {
      if (!signal.aborted) throw connectFault(error, this.settings, database);
      // It may still come, and then nobody waits for it.
      connecting.then(
        (client) => {
          client.release(true);
        },
        () => undefined,
      );
      throw error;
    }
  }

  #pool(database: string): pg.Pool {
    const known = this.#pools.get(database);
    if (known !== undefined) return known;
    const { host, port, user, password, ssl, connectTimeoutSec, maxConnections } = this.settings;
    const pool = new pg.Pool({
      host,
      port,
      user,
      password,
      database,
      ssl,
      application_name: "pulumi",
      keepAlive: true,
      connectionTimeoutMillis: connectTimeoutSec * 1000,
      max: maxConnections > 0 ? maxConnections : Number.MAX_SAFE_INTEGER,
      idleTimeoutMillis: IDLE_TIMEOUT_MS,
    });
    // A connection that breaks is no fault by itself: a statement under way fails, and who needs the next one hears.
    pool.on("error", () => undefined);
    pool.on("connect", (client) => client.on("error", () => undefined));
    this.#pools.set(database, pool);
    return pool;
  }
}
