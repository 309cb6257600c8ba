import { lastErrors } from "../../automation/workspace.ts";

const OUTPUT = `Updating (dev):
 +  docker:index:Container web creating (0s) error: container "web": port taken
Diagnostics:
  pulumi:pulumi:Stack (sso-dev):
    error: update failed

  docker:index:Container (web):
    error: container "web" did not become healthy within 60 s; its last lines:
      one
      \ttwo

  docker:index:Container (db):
    error: container "db": 127.0.0.1:5432 is taken

Resources:
    2 errored
`;

test("an operator gets every message of a failed update, whole and once", () => {
  expect(lastErrors(OUTPUT)).toBe(
    [
      'container "web" did not become healthy within 60 s; its last lines:',
      "  one",
      "  \ttwo",
      'container "db": 127.0.0.1:5432 is taken',
    ].join("\n"),
  );
});

test("output without a message is handed on as it is", () => {
  expect(lastErrors("panic")).toBe("panic");
});
