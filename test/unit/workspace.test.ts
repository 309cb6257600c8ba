import { lastErrors, refusalsIn } from "../../automation/workspace.ts";

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

test("of a preview too", () => {
  const output =
    "Diagnostics:\n  docker (x):\n    error: Preview failed: no engine\n    error: preview failed\n";
  expect(lastErrors(output)).toBe("no engine");
});

test("of what never became an update too, once", () => {
  const output =
    "code: 1\n stderr: error: no passphrase\nerror: no passphrase\n err?: Command failed: pulumi stack init\nerror: no passphrase\n";
  expect(lastErrors(output)).toBe("no passphrase");
});

test("output without a message is handed on as it is", () => {
  expect(lastErrors("panic")).toBe("panic");
});

test("an operator gets what policies refuse: rule, resource and fault", () => {
  const output = `Policies:
    ❌ sso@v0.1.0 (local: policy)
        - [mandatory]  capabilities  (docker:index:Container: web-server-container)
          Refused: a container that keeps capabilities it does not need, or is privileged.
          privileged is true; leave it out
        - [advisory]  image-by-digest  (docker:index:Container: web-server-container)
          Refused: a tag.
          can't run policy
        - [mandatory]  restart-policy  (docker:index:Container: db)
          Refused: a service that stays down.
          restart is "no"; give unless-stopped

Diagnostics:
  pulumi:pulumi:Stack (sso-dev):
    error: preview failed
`;
  expect(refusalsIn(output)).toEqual([
    "capabilities: web-server-container: privileged is true; leave it out",
    'restart-policy: db: restart is "no"; give unless-stopped',
  ]);
});
