/** The stack that arguments of the Pulumi CLI name, without organization and project; `undefined` when none is named. */
export function stackOf(words: readonly string[]): string | undefined {
  return valueOf(words, "stack", "s")?.split("/").at(-1);
}

/** The folder that arguments of the Pulumi CLI have it work in. @default the current one */
export function workDirOf(words: readonly string[]): string {
  return valueOf(words, "cwd", "C") ?? ".";
}

/** Value of an option by its long name and its letter. */
function valueOf(words: readonly string[], long: string, letter: string): string | undefined {
  const joined = new RegExp(`^(?:--${long}=|-${letter}=?)(.+)$`);
  for (const [index, word] of words.entries()) {
    const value = word === `--${long}` || word === `-${letter}` ? words[index + 1] : joined.exec(word)?.[1];
    if (value !== undefined) return value;
  }
  return undefined;
}
