import { setTimeout as delay } from "node:timers/promises";
import type * as automation from "@pulumi/pulumi/automation/index.js";
import { Naming } from "../../components/host/naming.ts";
import { docker } from "../stack/containers.ts";
import { openStackOf, settingsOf, type Throwaway, writeStackFile } from "../stack/throwaway.ts";
import { bringUpByHand, type ByHand, exportRealm, keycloakServes } from "./by-hand.ts";
import { report, timed } from "./report.ts";

/** What is made by hand as well: a realm without the parts that only our image has. */
const DIRECTORY = { kind: "directory", name: "community", displayName: "Community" };

/** Previews and container starts are timed this often; the median counts. */
const RUNS = 3;

async function medianOf(action: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < RUNS; run++) times.push(await timed(action));
  return times.sort((a, b) => a - b)[Math.floor(RUNS / 2)] ?? Number.NaN;
}

/** Stops a Keycloak and times its way back to where it serves. */
async function startTime(container: string, address: string): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    docker("stop", container);
    times.push(
      await timed(async () => {
        docker("start", container);
        while (!(await keycloakServes(address))) await delay(50);
      }),
    );
  }
  return times.sort((a, b) => a - b)[Math.floor(RUNS / 2)] ?? Number.NaN;
}

/** Resources of a stack as it stands. */
async function sizeOf(stack: automation.Stack): Promise<number> {
  const { changeSummary } = await stack.preview();
  return changeSummary.same ?? 0;
}

/** Gives each image a name that outlives its stack, so that both sides find theirs present. */
function keepImages(naming: Naming, to: string): ByHand["images"] {
  const services = ["certificates", "postgres", "openldap", "keycloak", "nginx"] as const;
  const tags = docker("images", "--format", "{{.Repository}}:{{.Tag}}").split("\n");
  for (const service of services) {
    const tag = tags.find((each) => each.startsWith(`${naming.image(service)}:`));
    if (tag !== undefined) docker("tag", tag, `${to}/${service}`);
  }
  return {
    certificates: `${to}/certificates`,
    openldap: `${to}/openldap`,
    nginx: `${to}/nginx`,
    postgres: "sso-test/postgres",
    keycloak: "sso-test/keycloak",
  };
}

/** P1, P2 and P7: a fresh `up` against the same by hand, previews at two sizes of stack, starts of Keycloak. */
export async function benchUp(ours: Throwaway, byHand: Throwaway): Promise<void> {
  for (const service of ["postgres", "keycloak"]) {
    docker("build", "--quiet", "--tag", `sso-test/${service}`, `test/plugins/images/${service}`);
  }
  const naming = new Naming(ours.name);
  writeStackFile(
    ours,
    settingsOf(ours, { realms: [DIRECTORY], secrets: {}, dns: undefined, relay: undefined }),
  );
  const stack = await openStackOf(ours);
  await stack.up(); // builds the images
  const images = keepImages(naming, new Naming(byHand.name).prefix);
  const realm = await exportRealm(await stack.outputs());
  await stack.destroy();

  const hand: ByHand = { ...byHand, prefix: new Naming(byHand.name).prefix, images, realm };
  const handSeconds = await timed(() => bringUpByHand(hand));
  const stock = await startTime(`${hand.prefix}-keycloak`, hand.address);
  for (const name of docker("ps", "--format", "{{.Names}}").split("\n")) {
    if (name.startsWith(hand.prefix)) docker("stop", name);
  }

  const upSeconds = await timed(() => stack.up());
  report("P1 fresh up", upSeconds, "s", { what: "by hand", value: handSeconds });
  const small = await sizeOf(stack);
  const smallSeconds = await medianOf(() => stack.preview());
  report(`P2 preview without a change, ${small} resources`, smallSeconds, "s");
  const keycloak = await startTime(naming.of("keycloak"), ours.address);
  report("P7 Keycloak container, start to ready, warm", keycloak, "s", { what: "stock image", value: stock });

  const realms = Array.from({ length: 9 }, (_, at) => ({
    kind: "directory",
    name: `realm-${at}`,
    displayName: "R",
  }));
  writeStackFile(ours, settingsOf(ours, { realms, secrets: {}, dns: undefined, relay: undefined }));
  await stack.up();
  const large = await sizeOf(stack);
  const largeSeconds = await medianOf(() => stack.preview());
  report(`P2 preview without a change, ${large} resources`, largeSeconds, "s");
  report("P2 each resource more", ((largeSeconds - smallSeconds) / (large - small)) * 1000, "ms");
  await stack.destroy();
}
