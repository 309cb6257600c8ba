import { execFileSync } from "node:child_process";
import { join, resolve } from "node:path";
import { asksForDebug, DEBUG_VARIABLE } from "../../../plugins/nodejs/debug.ts";

const root = resolve(import.meta.dirname, "../../..");

/** What a program prints that runs behind the preload. */
function printed(program: string, environment: Readonly<Record<string, string>> = {}): unknown {
  const preload = join(root, "plugins/nodejs/preload.ts");
  const args = ["--no-warnings", "--import", preload, "--eval", program];
  const env = { ...process.env, ...environment };
  return JSON.parse(execFileSync(process.execPath, args, { cwd: root, env, encoding: "utf8" }));
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

/** Prints which messages reach the engine, and whether a promise's stack trace names this program. */
const CHATTY = `
  const pulumi = require("@pulumi/pulumi");
  const { debuggablePromise } = require("@pulumi/pulumi/runtime/debuggable.js");
  const told = [];
  const engine = { log: (request, done) => (told.push(request.getMessage()), done()) };
  require("@pulumi/pulumi/runtime/settings.js").getEngine = () => engine;
  function noted() {
    const promise = Promise.resolve();
    debuggablePromise(promise, "here");
    return promise._debugStackTrace.includes("noted");
  }
  const trace = noted();
  Promise.all([pulumi.log.debug("details"), pulumi.log.info("news")]).then(() => {
    console.log(JSON.stringify({ told: told.filter((each) => /details|news/.test(each)), trace }));
  });
`;

test.each([
  { shown: "true", told: ["details", "news"], trace: true },
  { shown: "false", told: ["news"], trace: false },
])("where debug messages are shown: $shown, the engine is told $told", ({ shown, told, trace }) => {
  expect(printed(CHATTY, { [DEBUG_VARIABLE]: shown })).toEqual({ told, trace });
});

test.each([
  ["preview --stack dev --non-interactive", false],
  ["up -y", false],
  ["up --debug", true],
  ["up --debug=true", true],
  ["preview -d", true],
  ["up -yd --stack dev", true],
])("pulumi %s asks for debug messages: %s", (line, asks) => {
  expect(asksForDebug(["pulumi", ...line.split(" ")])).toBe(asks);
});
