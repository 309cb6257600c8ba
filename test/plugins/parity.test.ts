/**
 * The parity program under the built-in plugins, compared with what the official ones made of it. Runs everything
 * on a real Docker engine; `PARITY_PACKAGES=random,docker` runs only those packages.
 */
import type { PluginName } from "../../plugins/build.ts";
import { compare, isGenerated, matches, shortUrn, type Compared, type Found } from "./comparison.ts";
import { meantDifferences } from "./meant-differences.ts";
import { buildTestImage, ParityStack, type ExportedResource, type ExportedStep } from "./parity-run.ts";
import { readRecording } from "./recordings.ts";

const allPackages: readonly PluginName[] = ["random", "docker", "postgresql", "keycloak"];
const only = process.env.PARITY_PACKAGES?.split(",");
const packages = allPackages.filter((name) => only?.includes(name) ?? true);
const partial = packages.length < allPackages.length;

/** Keycloak's first start and a 4,096-bit key on a busy machine. */
const STEP_TIMEOUT_MS = 600_000;

const differences: Found[] = [];

/** Notes what differs at `moment` and returns what is neither meant nor generated. */
function unmeant(moment: string, recorded: Compared, ours: Compared): Found[] {
  // A part of the program leaves out resources of other parts, such as Keycloak's container.
  const expected = partial ? new Map([...recorded].filter(([urn]) => ours.has(urn))) : recorded;
  const found = compare(moment, expected, ours);
  differences.push(...found);
  const isMeant = ({ at }: Found): boolean => meantDifferences.some(({ pattern }) => matches(pattern, at));
  return found.filter((each) => !isMeant(each) && !isGenerated(each));
}

function isWanted(type: string): boolean {
  const [owner = "", , kind = ""] = type.split(":");
  const names: readonly string[] = packages;
  return names.includes(owner) || (owner === "pulumi" && names.includes(kind));
}

function stateOf(resources: readonly ExportedResource[]): Compared {
  const wanted = resources.filter(({ type }) => isWanted(type));
  return new Map(
    wanted.map(({ urn, type, id = "", inputs = {}, outputs = {}, additionalSecretOutputs = [] }) => [
      shortUrn(urn),
      { type, id, inputs, outputs, additionalSecretOutputs: [...additionalSecretOutputs].sort() },
    ]),
  );
}

function previewOf(steps: readonly ExportedStep[]): Compared {
  const wanted = steps.filter(({ urn }) => isWanted(shortUrn(urn)));
  return new Map(
    wanted.map(({ urn, op, detailedDiff = null, diffReasons, replaceReasons }) => [
      shortUrn(urn),
      {
        op,
        detailedDiff,
        diffReasons: [...(diffReasons ?? [])].sort(),
        replaceReasons: [...(replaceReasons ?? [])].sort(),
      },
    ]),
  );
}

const recorded = {
  state: (name: string): Compared => stateOf(readRecording(name) as readonly ExportedResource[]),
  preview: (name: string): Compared =>
    previewOf((readRecording(name) as { readonly steps: readonly ExportedStep[] }).steps),
};

/** A moment of the recording: what brings the stack there, and what both made of it. */
interface Moment {
  readonly name: string;
  readonly go: (stack: ParityStack) => Promise<Compared>;
  readonly recorded: Compared;
}

async function previewed(stack: ParityStack, step: number): Promise<Compared> {
  return previewOf(await stack.preview(step));
}

const moments: readonly Moment[] = [
  {
    name: "up",
    go: async (stack) => {
      await stack.up(1);
      return stateOf(await stack.export());
    },
    recorded: recorded.state("state-1-up"),
  },
  { name: "again", go: (stack) => previewed(stack, 1), recorded: recorded.preview("preview-1-again") },
  {
    name: "refresh",
    go: async (stack) => {
      await stack.refresh(1);
      return stateOf(await stack.export());
    },
    recorded: recorded.state("state-1-refresh"),
  },
  { name: "preview-2", go: (stack) => previewed(stack, 2), recorded: recorded.preview("preview-2") },
  {
    name: "up-2",
    go: async (stack) => {
      await stack.up(2);
      return stateOf(await stack.export());
    },
    recorded: recorded.state("state-2-up"),
  },
  { name: "preview-3", go: (stack) => previewed(stack, 3), recorded: recorded.preview("preview-3") },
];

describe("the parity program", () => {
  let stack: ParityStack;
  let stuck: string | undefined;

  beforeAll(async () => {
    const needsImages = packages.includes("docker");
    stack = new ParityStack(packages, {
      postgres: needsImages ? buildTestImage("postgres") : "",
      keycloak: needsImages ? buildTestImage("keycloak") : "",
    });
    await stack.prepare();
  }, STEP_TIMEOUT_MS);

  afterAll(async () => {
    await stack.remove();
  }, STEP_TIMEOUT_MS);

  test.each(moments)(
    "$name is as recorded",
    async ({ name, go, recorded: expected }) => {
      if (stuck !== undefined) throw new Error(`not reached: ${stuck} failed`);
      stuck = name;
      const ours = await go(stack);
      stuck = undefined;
      expect(unmeant(name, expected, ours)).toEqual([]);
    },
    STEP_TIMEOUT_MS,
  );

  test("every meant difference was met", () => {
    const concerned = meantDifferences.filter(({ pattern }) =>
      packages.some((name) => pattern.includes(`${name}:`)),
    );
    const unused = concerned.filter(({ pattern }) => !differences.some(({ at }) => matches(pattern, at)));
    expect(unused).toEqual([]);
  });
});
