import * as crypto from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { pathToFileURL } from "node:url";
import * as automation from "@pulumi/pulumi/automation/index.js";
import { stringify } from "yaml";
import { folderOf, stackFileOf } from "./project.ts";
import { configWithoutSecrets } from "./stack-settings.ts";
import { explained } from "./workspace.ts";

/** What of the program's folder is not taken along. */
const LEFT_OUT: readonly string[] = [".git", ".state"];

/** Pulumi writes into these, so they are copies. */
const COPIED = /^Pulumi\..*yaml$/;

/**
 * Opens a stack of the same name as if it had never been brought up: on a copy of its file and an empty state in a
 * folder of their own, which `use` may do with what it likes.
 *
 * @param secrets whether the file keeps its secrets, which takes the passphrase; else each is a placeholder
 */
export async function rehearse<Result>(
  stackName: string,
  secrets: "real" | "placeholders",
  use: (stack: automation.Stack) => Promise<Result>,
): Promise<Result> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "sso-rehearsal-"));
  try {
    const program = folderOf(stackName);
    for (const name of fs.readdirSync(program).filter((each) => !LEFT_OUT.includes(each)))
      (COPIED.test(name) ? fs.copyFileSync : fs.symlinkSync)(
        path.join(program, name),
        path.join(folder, name),
      );
    if (secrets === "placeholders")
      fs.writeFileSync(
        path.join(folder, path.basename(stackFileOf(stackName))),
        stringify({ config: configWithoutSecrets(stackName) }),
      );
    const states = path.join(folder, "states");
    fs.mkdirSync(states);
    const passphrase = { PULUMI_CONFIG_PASSPHRASE: crypto.randomUUID(), PULUMI_CONFIG_PASSPHRASE_FILE: "" };
    const envVars = {
      PULUMI_BACKEND_URL: pathToFileURL(states).href,
      SSO_TUNNEL: "none", // nothing is there to be reached
      ...(secrets === "real" ? {} : passphrase),
    };
    const stack = await explained(stackName, () =>
      automation.LocalWorkspace.createOrSelectStack({ stackName, workDir: folder }, { envVars }),
    );
    return await use(stack);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
