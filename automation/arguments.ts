import { parseArgs } from "node:util";
import { OperatorError } from "./fail.ts";

export interface CommandLine {
  /** How the command is called and what it does, for `--help`. */
  readonly usage: string;
  /** Names of the words it takes, in order; a trailing `?` marks an optional one, `*` any number at the end. */
  readonly words: readonly string[];
  /** Options besides `--help`, with or without a value. @default none */
  readonly options?: Readonly<Record<string, "flag" | "value">>;
}

export interface Arguments {
  readonly words: readonly string[];
  /** Those of the options that were given: a flag as `true`. */
  readonly options: Readonly<Record<string, string | true>>;
}

/**
 * Reads a command line; prints the usage and ends with 0 on `--help`.
 *
 * @throws {OperatorError} on unknown options and on missing or surplus words
 */
export function readArguments(line: CommandLine, argv: readonly string[] = process.argv.slice(2)): Arguments {
  const { values, positionals } = parsed(line, argv);
  const { help, ...options } = values;
  if (help === true) {
    console.log(line.usage);
    process.exit(0);
  }
  const least = line.words.filter((word) => !/[?*]$/.test(word)).length;
  const most = line.words.some((word) => word.endsWith("*")) ? Infinity : line.words.length;
  if (positionals.length < least || positionals.length > most) {
    throw new OperatorError(`wrong number of arguments: got ${positionals.length}\n${line.usage}`);
  }
  return { words: positionals, options: options as Record<string, string | true> };
}

function parsed(
  line: CommandLine,
  argv: readonly string[],
): { values: Record<string, string | boolean | undefined>; positionals: string[] } {
  try {
    const own = Object.entries(line.options ?? {}).map(([name, kind]) => [
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
    throw new OperatorError(`${error instanceof Error ? error.message : String(error)}\n${line.usage}`);
  }
}
