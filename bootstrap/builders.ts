import { run, which } from "./exec.ts";
import type { Examined } from "./findings.ts";

/** Version of a compiler as it tells it, and where it is. */
function builder(command: string, args: readonly string[], version: RegExp, use: string): Examined {
  return {
    name: command,
    optional: use,
    async check() {
      const origin = await which(command);
      if (origin === undefined) return undefined;
      // Java tells its version on the other output.
      const said: string[] = [];
      await run(command, args, { onLine: (line) => said.push(line) });
      return { version: version.exec(said.join("\n"))?.[1] ?? "unknown", origin };
    },
  };
}

/** What some steps build with, and do without where what they would build is there already. */
export const BUILDERS: readonly Examined[] = [
  builder("go", ["version"], /go(\d\S*)/, "builds the CLI where Pulumi's download site does not answer"),
  builder("java", ["-version"], /"(\d[^"]*)"/, "fetches Keycloak with Maven; npm run up brings both"),
];
