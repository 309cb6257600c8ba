import { parseArgs } from "node:util";
import { OperatorError } from "./fail.ts";

/** Options by name, with or without a value. */
type Kinds = Readonly<Record<string, "flag" | "value">>;

export interface CommandLine<Words extends readonly string[], Options extends Kinds> {
  /** How the command is called and what it does, for `--help`. */
  readonly usage: string;
  /** Names of the words it takes, in order; a trailing `?` marks an optional one, `*` any number at the end. */
  readonly words: Words;
  /** Options besides `--help`. @default none */
  readonly options?: Options;
}

/** What was given of the words, one for each name. */
type GivenWords<Words extends readonly string[]> = Words extends readonly [
  infer Word,
  ...infer Rest extends string[],
]
  ? Word extends `${string}*`
    ? readonly string[]
    : Word extends `${string}?`
      ? readonly [string?, ...GivenWords<Rest>]
      : readonly [string, ...GivenWords<Rest>]
  : readonly [];

/** What was given of the options: a flag as `true`. */
export type GivenOptions<Options extends Kinds> = {
  readonly [Name in keyof Options]?: Options[Name] extends "flag" ? true : string;
};

export interface Arguments<Words extends readonly string[], Options extends Kinds> {
  readonly words: GivenWords<Words>;
  readonly options: GivenOptions<Options>;
}

/** One of the actions of a command, and what it takes. */
export interface Action {
  readonly words: readonly string[];
  readonly options: Kinds;
  readonly run: (
    words: readonly string[],
    options: Readonly<Record<string, string | true>>,
  ) => Promise<void> | void;
}

/**
 * Reads a command line; prints the usage and ends with 0 on `--help`.
 *
 * @throws {OperatorError} on unknown options and on missing or surplus words
 */
export function readArguments<const Words extends readonly string[], const Options extends Kinds>(
  { usage, words: names, options: kinds }: CommandLine<Words, Options>,
  argv: readonly string[] = process.argv.slice(2),
): Arguments<Words, Options> {
  const { words, options } = parsed(usage, kinds ?? {}, argv);
  if (!isNumber(words.length, names))
    throw new OperatorError(`wrong number of arguments: got ${words.length}\n${usage}`);
  return { words, options } as unknown as Arguments<Words, Options>;
}

/**
 * Declares an action.
 *
 * @param words names of the words after the action, as {@link CommandLine} has them
 * @param options those of this action, besides `--help`
 */
export function action<const Words extends readonly string[], const Options extends Kinds>(
  words: Words,
  options: Options,
  run: (words: GivenWords<Words>, options: GivenOptions<Options>) => Promise<void> | void,
): Action {
  return { words, options, run: run as Action["run"] };
}

/**
 * Reads the command line of a command whose first word is an action, and does that; prints the usage and ends with 0 on
 * `--help`. An option that several actions have is a flag in all of them or has a value in all.
 *
 * @throws {OperatorError} before it does anything, on an unknown action, and on options and words that are not for it
 */
export async function runAction(
  usage: string,
  actions: Readonly<Record<string, Action>>,
  argv: readonly string[] = process.argv.slice(2),
): Promise<void> {
  const kinds = Object.assign({}, ...Object.values(actions).map(({ options }) => options)) as Kinds;
  const {
    words: [name = "", ...words],
    options,
  } = parsed(usage, kinds, argv);
  const refuse = (fault: string): never => {
    throw new OperatorError(`${fault}\n${usage}`);
  };
  if (name === "") refuse("an action is missing");
  const chosen =
    (Object.hasOwn(actions, name) ? actions[name] : undefined) ?? refuse(`unknown action: ${name}`);
  const foreign = Object.keys(options).find((option) => !Object.hasOwn(chosen.options, option));
  if (foreign !== undefined) refuse(`--${foreign} is not for ${name}`);
  if (!isNumber(words.length, chosen.words))
    refuse(`wrong number of arguments for ${name}: got ${words.length}`);
  await chosen.run(words, options);
}

/** Whether so many words can be those of these names. */
function isNumber(count: number, names: readonly string[]): boolean {
  const least = names.filter((name) => !/[?*]$/.test(name)).length;
  const most = names.some((name) => name.endsWith("*")) ? Infinity : names.length;
  return least <= count && count <= most;
}

/** Words and options as they were given; prints the usage and ends with 0 where help is asked for. */
function parsed(
  usage: string,
  kinds: Kinds,
  argv: readonly string[],
): { words: readonly string[]; options: Readonly<Record<string, string | true>> } {
  const { values, positionals } = parsedBy(usage, kinds, argv);
  const { help, ...options } = values;
  if (help === true) {
    console.log(usage);
    process.exit(0);
  }
  return { words: positionals, options: options as Record<string, string | true> };
}

function parsedBy(
  usage: string,
  kinds: Kinds,
  argv: readonly string[],
): { values: Record<string, string | boolean | undefined>; positionals: string[] } {
  try {
    const own = Object.entries(kinds).map(([name, kind]) => [
      name,
      { type: kind === "flag" ? "boolean" : "string" },
    ]);
    return parseArgs({
      args: [...argv],
      options: {
        help: { type: "boolean", short: "h" },
        ...(Object.fromEntries(own) as Record<string, { type: "boolean" | "string" }>),
      },
      allowPositionals: true,
    });
  } catch (error) {
    throw new OperatorError(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
}
