import type { Difference } from "./differences.ts";

/** How a report is written down: for a pull request, or for a terminal. */
export interface ReportWriter {
  readonly title: (text: string) => string;
  readonly strong: (text: string) => string;
  readonly code: (text: string) => string;
  readonly item: (text: string) => string;
  /** In the name of something folded. */
  readonly strongInFold: (text: string) => string;
  /** An item that holds what differs. */
  readonly folded: (name: string, differences: readonly Difference[]) => readonly string[];
  readonly preformatted: (text: string) => readonly string[];
}

export type ReportFormat = "markdown" | "text";

/** Lines of a value that are shown at most. */
const MAX_LINES = 20;

/** Characters of a line that are shown at most. */
const MAX_WIDTH = 160;

export const WRITERS: Readonly<Record<ReportFormat, ReportWriter>> = {
  markdown: {
    title: (text) => `### ${text}\n`,
    strong: (text) => `**${text}**`,
    strongInFold: (text) => `<b>${text}</b>`, // Markdown is not read between tags
    code: (text) => `\`${text}\``,
    item: (text) => `- ${text}`,
    folded: (name, differences) => [
      `- <details><summary>${name}</summary>`,
      "",
      ...fenced(differences.flatMap(linesOf)).map((line) => `  ${line}`),
      "",
      "  </details>",
    ],
    preformatted: (text) => fenced(text.split("\n")),
  },
  text: {
    title: (text) => `${text}\n${"-".repeat(text.length)}`,
    strong: (text) => text,
    strongInFold: (text) => text,
    code: (text) => text,
    item: (text) => `  ${text}`,
    folded: (name, differences) => [
      `  ${name}`,
      ...differences.flatMap(linesOf).map((line) => `      ${line}`),
    ],
    preformatted: (text) => text.split("\n").map((line) => `  ${line}`),
  },
};

/** Lines in a block that none of them can end. */
function fenced(lines: readonly string[]): string[] {
  const runs = lines.flatMap((line) => line.match(/`+/g) ?? []).map((run) => run.length);
  const fence = "`".repeat(Math.max(2, ...runs) + 1);
  return [`${fence}diff`, ...lines, fence];
}

/** A difference as lines of a diff; of a text of many lines, those that go and those that come. */
function linesOf({ path, before, after }: Difference): string[] {
  const old = before?.split("\n") ?? [];
  const next = after?.split("\n") ?? [];
  if (Math.max(old.length, next.length) < 2)
    return [...old.map((line) => `- ${path}: ${line}`), ...next.map((line) => `+ ${path}: ${line}`)].map(
      short,
    );
  const lines = [
    ...without(old, next).map((line) => `-   ${line}`),
    ...without(next, old).map((line) => `+   ${line}`),
  ];
  const more = lines.length - MAX_LINES;
  return [
    `  ${path}:`,
    ...lines.slice(0, MAX_LINES).map(short),
    ...(more > 0 ? [`  … ${more} more lines`] : []),
  ];
}

function without(lines: readonly string[], others: readonly string[]): string[] {
  const left = [...others];
  return lines.filter((line) => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

function short(line: string): string {
  return line.length > MAX_WIDTH ? `${line.slice(0, MAX_WIDTH)}…` : line;
}
