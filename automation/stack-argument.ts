/** The stack that arguments of the Pulumi CLI name, without organization and project; `undefined` when none is named. */
export function stackOf(words: readonly string[]): string | undefined {
  for (const [index, word] of words.entries()) {
    const named =
      word === "--stack" || word === "-s" ? words[index + 1] : /^(?:--stack=|-s=?)(.+)$/.exec(word)?.[1];
    if (named !== undefined) return named.split("/").at(-1);
  }
  return undefined;
}
