/** Installs a program's npm packages. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

/** Runs npm in `directory`; its output goes to `output` as it comes. */
export async function installDependencies(
  directory: string,
  output: (stream: "stdout" | "stderr", part: Buffer) => void,
): Promise<void> {
  const command = existsSync(join(directory, "package-lock.json")) ? "ci" : "install";
  const npm = spawn("npm", [command], { cwd: directory, stdio: ["ignore", "pipe", "pipe"] });
  npm.stdout.on("data", (part: Buffer) => {
    output("stdout", part);
  });
  npm.stderr.on("data", (part: Buffer) => {
    output("stderr", part);
  });
  await new Promise<void>((resolve, reject) => {
    npm.once("error", (error) => {
      reject(new Error(`npm could not be run: ${error.message}; install it and try again`));
    });
    npm.once("close", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`npm ${command} in ${directory} exited with code ${String(code)}`));
    });
  });
}
