/**
 * Runs before a program. The SDK loads things that few programs use, before any of the program's own code: npm's
 * dependency tree and the TypeScript compiler (for functions that become resources), the Automation API, and source
 * maps, which a program that Node runs as it is written does not need and which cost time for every resource. Here
 * they are loaded when they are first touched, or not at all: about half of the time to start a program.
 */
import Module from "node:module";

type Load = (
  request: string,
  parent: { readonly filename?: string | null } | undefined,
  isMain: boolean,
) => unknown;

/** Node's own loader of CommonJS modules; this is where it can be asked for less. */
const loader = Module as unknown as { _load: Load };

/** Requests by modules of the SDK whose path ends so. */
interface Rule {
  readonly request: string;
  readonly from: string;
}

const later: readonly Rule[] = [
  { request: "@npmcli/arborist", from: "/runtime/closure/codePaths.js" },
  { request: "normalize-package-data", from: "/runtime/closure/codePaths.js" },
  { request: "typescript", from: "/typescript-shim.js" },
  { request: "./automation", from: "/index.js" },
];

const never: readonly Rule[] = [{ request: "source-map-support/register", from: "/cmd/run/index.js" }];

const load = loader._load;

loader._load = (request, parent, isMain) => {
  const from = parent?.filename ?? "";
  if (!from.includes("/@pulumi/pulumi/")) return load(request, parent, isMain);
  const applies = (rule: Rule): boolean =>
    rule.request === request && from.endsWith(`/@pulumi/pulumi${rule.from}`);
  if (never.some(applies)) return {};
  return later.some(applies)
    ? whenTouched(() => load(request, parent, isMain))
    : load(request, parent, isMain);
};

/** Stands for a module and loads it when anything of it is asked for. */
function whenTouched(get: () => unknown): object {
  let module: object | undefined;
  const real = (): object => (module ??= get() as object);
  return new Proxy(
    {},
    {
      get(_target, key) {
        // Compiled code asks this before anything else; with a yes it takes the module as it is.
        if (key === "__esModule") return true;
        const value: unknown = Reflect.get(real(), key);
        return key === "default" && value === undefined ? real() : value;
      },
      has: (_target, key) => Reflect.has(real(), key),
      ownKeys: () => Reflect.ownKeys(real()),
      getOwnPropertyDescriptor(_target, key) {
        const descriptor = Reflect.getOwnPropertyDescriptor(real(), key);
        // What stands for it may not claim to have what it does not: only that can be said to be fixed.
        return descriptor === undefined ? undefined : { ...descriptor, configurable: true };
      },
    },
  );
}
