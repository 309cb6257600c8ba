import * as fs from "node:fs";
import * as path from "node:path";
import { RULES } from "../../../policy/rules.ts";
import { newSecretRules } from "../../../policy/rules/secrets.ts";

test("the operator guide has the table of rules", () => {
  const guide = fs.readFileSync(path.resolve(import.meta.dirname, "../../../docs/operator-guide.md"), "utf8");
  const [, table = ""] = /\n\| rule +\| refused [^\n]*\n\|[-| ]+\|\n((?:\|.*\n)+)/.exec(guide) ?? [];
  const rows = table
    .trim()
    .split("\n")
    .map((row) =>
      row
        .split("|")
        .slice(1, 3)
        .map((cell) => cell.trim()),
    );
  expect(rows).toEqual([...RULES, ...newSecretRules()].map(({ name, refuses }) => [`\`${name}\``, refuses]));
});
