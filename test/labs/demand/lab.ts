/** Stacks on demand of a small stack that itself is never brought up, with a state and a registry of their own. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { text } from "node:stream/consumers";
import { Naming } from "../../../components/host/naming.ts";
import type { Ended } from "../../stack/commands.ts";
import { docker } from "../../stack/containers.ts";
import { canLogIn } from "../../stack/authorization.ts";
import type { SharedStack } from "../../stack/shared.ts";
import {
  environmentOf,
  leftoversOf,
  newThrowaway,
  removeThrowaway,
  SUFFIX,
  type Throwaway,
  writeStackFile,
} from "../../stack/throwaway.ts";

const PROJECT = path.resolve(import.meta.dirname, "../../..");

/** Somebody who may log in. */
export interface Person {
  readonly username: string;
  readonly password: string;
}

/** Somebody of the directory's seed. */
export const ADA: Person = { username: "ada", password: "analytical engine 1843" };

const REALM = "community";

/** What names of its stacks end with. */
const LETTERS = ["a", "b", "c", "d"] as const;

/** What there is of a stack: on the engine, in a state, and among the project's files. */
export function tracesOf(state: Throwaway, stack: string): string[] {
  const files = [state.folder, path.join(PROJECT, ".state")].flatMap((folder) =>
    fs.existsSync(folder) ? fs.readdirSync(folder, { recursive: true, encoding: "utf8" }) : [],
  );
  return [
    ...leftoversOf({ ...state, name: stack }),
    ...[...files, ...fs.readdirSync(PROJECT)].filter((file) => file.includes(stack)),
  ];
}

const volumeOf = (address: string): string => `sso-address-${address}`;

/** Whether an address stands for a stack still. */
export function isTaken(address: string): boolean {
  return docker("volume", "ls", "--quiet").split("\n").includes(volumeOf(address));
}

/** A command that goes on. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

export class Lab {
  /** Says what the stacks go by, and where their state is. */
  public readonly base: Throwaway = newThrowaway();
  /** Domain that their names are below. */
  public readonly zone = `${this.base.name}.example`;

  public constructor() {
    writeStackFile(this.base, {
      domain: this.base.domain,
      host: { bindAddress: this.base.address },
      openldap: { suffix: SUFFIX, seed: "components/openldap/seeds/dev.ldif" },
      realms: [{ kind: "directory", name: REALM, displayName: "Community" }],
      demand: { zone: this.zone, addresses: this.base.address.replace(/\.\d+$/, ".0/24") },
    });
  }

  /** A name that no other run has, such as `ta1b2c3x`. */
  public nameOf(letter: string): string {
    return `t${this.base.name.replace("test-", "")}${letter}`;
  }

  /** Starts `npm run stack` without the bootstrap, in this clone or another one. */
  public start(
    words: readonly string[],
    environment: Readonly<Record<string, string>> = {},
    clone = PROJECT,
  ): Running {
    const child = spawn("node", [path.join(clone, "automation/stack.ts"), ...words], {
      cwd: clone,
      env: { ...process.env, ...environmentOf(this.base), ...environment },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true, // a process group, which can be killed with Pulumi's CLI in it
    });
    const status = once(child, "close").then(([code]) => (code as number | null) ?? -1);
    const ended = Promise.all([status, text(child.stdout), text(child.stderr)]).then(
      ([code, output, stderr]) => {
        const start = stderr.lastIndexOf("error: ");
        return { status: code, output: `${output}${stderr}`, error: start < 0 ? "" : stderr.slice(start) };
      },
    );
    return { child, ended };
  }

  public run(
    words: readonly string[],
    environment?: Readonly<Record<string, string>>,
    clone?: string,
  ): Promise<Ended> {
    return this.start(words, environment, clone).ended;
  }

  /** Another clone of the project as it is here, with this one's packages. */
  public newClone(): string {
    const clone = path.join(this.base.folder, "clone");
    const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    for (const file of listed.toString().split("\0"))
      if (file !== "" && fs.existsSync(file)) fs.cpSync(file, path.join(clone, file));
    fs.symlinkSync(path.join(PROJECT, "node_modules"), path.join(clone, "node_modules"));
    return clone;
  }

  /** A new one of a name; what the options say counts before what they do not. */
  public make(letter: string, ...options: readonly string[]): Running {
    return this.start(["new", this.nameOf(letter), "--from", this.base.name, "--ttl", "1h", ...options]);
  }

  /** What `list` says of a stack: a row of its table. */
  public async rowOf(letter: string): Promise<string> {
    const { output } = await this.run(["list"]);
    return output.split("\n").find((line) => line.startsWith(`${this.nameOf(letter)} `)) ?? "";
  }

  private entryOf(letter: string): string {
    return path.join(this.base.folder, "demand", `od-${this.nameOf(letter)}.json`);
  }

  /** Whether a stack is noted, as it is once its making has begun. */
  public isNoted(letter: string): boolean {
    return fs.existsSync(this.entryOf(letter));
  }

  /** Lets a stack's time be over. */
  public expire(letter: string): void {
    const file = this.entryOf(letter);
    const entry = JSON.parse(fs.readFileSync(file, "utf8")) as object;
    fs.writeFileSync(file, JSON.stringify({ ...entry, expires: new Date(Date.now() - 1000) }));
  }

  /** Address that a stack publishes its ports on. */
  public addressOf(letter: string): string {
    return docker(
      ...["inspect", "--format", `{{(index (index .HostConfig.PortBindings "8443/tcp") 0).HostIp}}`],
      new Naming(`od-${this.nameOf(letter)}`).of("nginx"),
    );
  }

  /** Whether somebody can log in. */
  public letsIn(letter: string, who = ADA, zone = this.zone): Promise<boolean> {
    const name = this.nameOf(letter);
    const stack = {
      domain: `id.${name}.${zone}`,
      address: this.addressOf(letter),
      caFile: path.join(PROJECT, ".state", `od-${name}.ca.pem`),
    };
    return canLogIn(stack as SharedStack, REALM, who.username, who.password);
  }

  /** What there is of a stack, but for its address. */
  public tracesOf(letter: string): string[] {
    return tracesOf(this.base, `od-${this.nameOf(letter)}`);
  }

  /** Volumes that stand for addresses: for all of the stacks' own network, and for others that are noted. */
  private addressVolumes(): string[] {
    const noted = LETTERS.flatMap((letter) => {
      if (!this.isNoted(letter)) return [];
      const entry = JSON.parse(fs.readFileSync(this.entryOf(letter), "utf8")) as { addresses: string[] };
      return entry.addresses.map(volumeOf);
    });
    const own = volumeOf(this.base.address.replace(/\d+$/, ""));
    const volumes = docker("volume", "ls", "--quiet").split("\n");
    return volumes.filter((volume) => volume.startsWith(own) || noted.includes(volume));
  }

  /** Leaves nothing, whatever became of the stacks. */
  public remove(): void {
    for (const volume of this.addressVolumes()) docker("volume", "rm", volume);
    for (const letter of LETTERS) {
      const name = `od-${this.nameOf(letter)}`;
      fs.rmSync(path.join(PROJECT, ".state/trees", name), { recursive: true, force: true });
      removeThrowaway({ ...this.base, name });
    }
    execFileSync("git", ["worktree", "prune"]);
    removeThrowaway(this.base);
  }
}
