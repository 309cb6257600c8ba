import * as path from "node:path";
import { imageOf } from "../stack/beside.ts";
import { docker } from "../stack/containers.ts";
import { sharedStack } from "../stack/shared.ts";

/** In the very image that is deployed, with PHPUnit on top. */
test("the shim's PHP passes its unit tests", () => {
  const tag = `${sharedStack().name}-phpunit`;
  const base = imageOf(sharedStack(), "simplesamlphp");
  const folder = path.join(import.meta.dirname, "..");
  docker(
    "build",
    "--quiet",
    "--build-arg",
    `BASE=${base}`,
    "--tag",
    tag,
    path.join(folder, "e2e/images/phpunit"),
  );
  try {
    const said = docker("run", "--rm", "--network", "none", "--volume", `${folder}/php:/tests:ro`, tag);
    expect(said).toMatch(/OK \(\d{3} tests/);
  } finally {
    docker("rmi", "--force", tag);
  }
});
