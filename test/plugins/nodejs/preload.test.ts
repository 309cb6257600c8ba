import { execFileSync } from "node:child_process";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../../..");

/** What a program prints that runs behind the preload. */
function printed(program: string): unknown {
  const preload = join(root, "plugins/nodejs/preload.ts");
  const args = ["--no-warnings", "--import", preload, "--eval", program];
  return JSON.parse(execFileSync(process.execPath, args, { cwd: root, encoding: "utf8" }));
}

test("the SDK loads without what few programs use", () => {
  const loaded = printed(`
    require("@pulumi/pulumi");
    const names = ["@npmcli/arborist", "/typescript/", "/@pulumi/pulumi/automation/"];
    const loaded = Object.keys(require.cache);
    console.log(JSON.stringify(names.filter((name) => loaded.some((path) => path.includes(name)))));
  `);
  expect(loaded).toEqual([]);
});

test("what was left out is there when it is touched", () => {
  const used = printed(`
    const pulumi = require("@pulumi/pulumi");
    const answer = 42;
    pulumi.runtime.serializeFunction(() => answer).then(({ text }) => {
      const { LocalWorkspace } = pulumi.automation;
      const automation = Object.keys(pulumi.automation).includes("LocalWorkspace") && "Stack" in pulumi.automation;
      console.log(JSON.stringify({ automation, workspace: typeof LocalWorkspace, text: text.includes("answer: 42") }));
    });
  `);
  expect(used).toEqual({ automation: true, workspace: "function", text: true });
});
