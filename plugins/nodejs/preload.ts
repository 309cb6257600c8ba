/**
 * Runs before a program. The SDK loads things that few programs use, before any of the program's own code: npm's
 * dependency tree and the TypeScript compiler (for functions that become resources), the Automation API, and source
 * maps, which a program that Node runs as it is written does not need and which cost time for every resource. Here
 * they are loaded when they are first touched, or not at all: about half of the time to start a program.
 *
 * It also tells the engine three things about each resource that only `--debug` shows, one request after the other, and
 * notes a stack trace for each promise, in case it never settles. Where nobody asked for them, both are left out.
 */
import Module from "node:module";
import { DEBUG_VARIABLE } from "./debug.ts";

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

/** Parts of the trace exporter that the runner starts only with `--tracing`, which this host never passes. */
const TRACING = [
  "exporter-zipkin",
  "instrumentation",
  "instrumentation-grpc",
  "resources",
  "sdk-trace-base",
  "sdk-trace-node",
];

const never: readonly Rule[] = [
  { request: "source-map-support/register", from: "/cmd/run/index.js" },
  ...TRACING.map((name) => ({ request: `@opentelemetry/${name}`, from: "/cmd/run/tracing.js" })),
];

type Work = (...args: readonly unknown[]) => unknown;

/**
 * The runner has V8's debugger on from the start, for the file names in messages about functions that cannot become
 * resources. Whatever makes a resource of one turns it on when it comes to that.
 */
const DEBUGGER: Rule = { request: "../../runtime/closure/v8Hooks", from: "/cmd/run/index.js" };

/** A function of the SDK that is replaced by one that does less. */
interface Replacement {
  /** How requests for its module end. */
  readonly module: string;
  readonly name: string;
  readonly lighter: (original: Work) => Work;
}

const replaced: readonly Replacement[] = [
  { module: "/log", name: "debug", lighter: () => () => Promise.resolve() },
  { module: "/debuggable", name: "debuggablePromise", lighter: withoutStackTrace },
];

/** What replaces others: a module is asked for several times, and before it is whole too. */
const replacements = new WeakSet<Work>();

const load = loader._load;

loader._load = (request, parent, isMain) => {
  const from = parent?.filename ?? "";
  if (!from.includes("/@pulumi/pulumi/")) return load(request, parent, isMain);
  const applies = (rule: Rule): boolean =>
    rule.request === request && from.endsWith(`/@pulumi/pulumi${rule.from}`);
  if (never.some(applies)) return {};
  if (applies(DEBUGGER)) return { isInitializedAsync: () => Promise.resolve() };
  if (later.some(applies)) return whenTouched(() => load(request, parent, isMain));
  const module = load(request, parent, isMain);
  if (process.env[DEBUG_VARIABLE] === "false") lighten(request, module as Record<string, Work>);
  return module;
};

function lighten(request: string, module: Record<string, Work>): void {
  for (const { module: end, name, lighter } of replaced) {
    const original = request.endsWith(end) ? module[name] : undefined;
    if (original === undefined || replacements.has(original)) continue;
    const replacement = lighter(original);
    replacements.add(replacement);
    module[name] = replacement;
  }
}

function withoutStackTrace(original: Work): Work {
  return (...args) => {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    try {
      return original(...args);
    } finally {
      Error.stackTraceLimit = limit;
    }
  };
}

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
