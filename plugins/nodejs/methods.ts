/** The methods of Pulumi's LanguageRuntime service. */
import type { ServerWritableStream, UntypedServiceImplementation } from "@grpc/grpc-js";
import sdk from "@pulumi/pulumi/package.json" with { type: "json" };
import messages from "@pulumi/pulumi/proto/language_pb.js";
import type * as Messages from "@pulumi/pulumi/proto/language_pb.js";
import plugins from "@pulumi/pulumi/proto/plugin_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { unary, unsupported } from "../core/rpc.ts";
import { fromWire } from "../core/wire.ts";
import { Unsupported, wireError } from "../core/failure.ts";
import { installDependencies } from "./install.ts";
import { dependencies, requiredPlugins } from "./packages.ts";
import { runPolicyPack } from "./policy-pack.ts";
import { run, type Outcome, type Program } from "./program.ts";

/** Methods that only the official host has: all of them write code or packages. */
const missing = ["generateProgram", "generateProject", "generatePackage", "pack", "link"];

/**
 * The service; `engine` is the engine's address unless a handshake tells another, `preload` what programs load
 * before anything else; `stop` ends them.
 */
export function methods(
  engine: string,
  preload: string,
  stop: AbortController,
): UntypedServiceImplementation {
  let engineAddress = engine;
  return {
    ...unsupported(
      "built-in nodejs language host, which writes no code (import with --generate-code=false)",
      missing,
    ),
    ...informationMethods(),
    handshake: unary((request: Messages.LanguageHandshakeRequest) => {
      if (request.getEngineAddress() !== "") engineAddress = request.getEngineAddress();
      return new messages.LanguageHandshakeResponse();
    }),
    run: unary(async (request: Messages.RunRequest) => {
      return runResponse(await run(programOf(request, engineAddress, preload), stop.signal));
    }),
    installDependencies: install,
    runPlugin: (call: PluginCall) => {
      runPlugin(call, preload, stop.signal);
    },
    cancel: unary(() => {
      stop.abort();
      return new empty.Empty();
    }),
  };
}

function informationMethods(): UntypedServiceImplementation {
  return {
    getPluginInfo: unary(() => {
      const response = new plugins.PluginInfo();
      response.setVersion(sdk.version);
      return response;
    }),
    getRequiredPlugins: unary(async (request: Messages.GetRequiredPluginsRequest) => {
      const required = await requiredPlugins(request.getInfo()?.getProgramDirectory() ?? request.getPwd());
      const response = new messages.GetRequiredPluginsResponse();
      for (const { name, version, server = "" } of required) {
        const plugin = new plugins.PluginDependency();
        plugin.setKind("resource");
        plugin.setName(name);
        plugin.setVersion(version);
        plugin.setServer(server);
        response.addPlugins(plugin);
      }
      return response;
    }),
    getRequiredPackages: unary(async (request: Messages.GetRequiredPackagesRequest) => {
      const required = await requiredPlugins(request.getInfo()?.getProgramDirectory() ?? "");
      const response = new messages.GetRequiredPackagesResponse();
      for (const { name, version, server = "" } of required) {
        const dependency = new plugins.PackageDependency();
        dependency.setKind("resource");
        dependency.setName(name);
        dependency.setVersion(version);
        dependency.setServer(server);
        response.addPackages(dependency);
      }
      return response;
    }),
    getProgramDependencies: unary(async (request: Messages.GetProgramDependenciesRequest) => {
      const directory = request.getInfo()?.getProgramDirectory() ?? request.getPwd();
      const response = new messages.GetProgramDependenciesResponse();
      for (const { name, version } of await dependencies(directory, request.getTransitivedependencies())) {
        const info = new messages.DependencyInfo();
        info.setName(name);
        info.setVersion(version);
        response.addDependencies(info);
      }
      return response;
    }),
    runtimeOptionsPrompts: unary(() => new messages.RuntimeOptionsResponse()),
    template: unary(() => new messages.TemplateResponse()),
    about: unary(() => {
      const response = new messages.AboutResponse();
      response.setExecutable(process.execPath);
      response.setVersion(process.version);
      return response;
    }),
  };
}

function programOf(request: Messages.RunRequest, engine: string, preload: string): Program {
  const info = request.getInfo();
  return {
    rootDirectory: info?.getRootDirectory() ?? request.getPwd(),
    directory: info?.getProgramDirectory() ?? request.getPwd(),
    entryPoint: info?.getEntryPoint() ?? request.getProgram(),
    args: request.getArgsList(),
    options: optionsOf(info, preload),
    monitor: request.getMonitorAddress(),
    engine,
    project: request.getProject(),
    stack: request.getStack(),
    organization: request.getOrganization(),
    parallel: request.getParallel(),
    dryRun: request.getDryrun(),
    config: Object.fromEntries(request.getConfigMap().toArray()),
    secretKeys: request.getConfigsecretkeysList(),
  };
}

/** Runtime options of Pulumi.yaml, or of PulumiPolicy.yaml. */
function optionsOf(info: Messages.ProgramInfo | undefined, preload: string): Program["options"] {
  const { nodeargs, typescript } = fromWire(info?.getOptions());
  const nodeArgs = typeof nodeargs === "string" ? nodeargs.split(/\s+/).filter((each) => each !== "") : [];
  // Compiling with ts-node needs the compiler and source maps at once.
  return typescript === false
    ? { typescript: false, nodeArgs: ["--require", preload, ...nodeArgs] }
    : { typescript: true, nodeArgs };
}

function runResponse(outcome: Outcome): Messages.RunResponse {
  const response = new messages.RunResponse();
  response.setBail(outcome.kind === "reported");
  if (outcome.kind === "failed") response.setError(outcome.message);
  return response;
}

type InstallCall = ServerWritableStream<
  Messages.InstallDependenciesRequest,
  Messages.InstallDependenciesResponse
>;

function install(call: InstallCall): void {
  const directory = call.request.getInfo()?.getProgramDirectory() ?? call.request.getDirectory();
  installDependencies(directory, (stream, part) => {
    const response = new messages.InstallDependenciesResponse();
    if (stream === "stdout") response.setStdout(part);
    else response.setStderr(part);
    call.write(response);
  }).then(
    () => call.end(),
    (error: unknown) => call.emit("error", wireError(error)),
  );
}

type PluginCall = ServerWritableStream<Messages.RunPluginRequest, Messages.RunPluginResponse>;

/** Runs a policy pack until the engine has had enough of it. Of other plugins, none here is written as a program. */
function runPlugin(call: PluginCall, preload: string, stop: AbortSignal): void {
  const { request } = call;
  const info = request.getInfo();
  const kind = request.getKind();
  const options = optionsOf(info, preload);
  if (kind !== "analyzer" || options.typescript) {
    const what =
      kind === "analyzer" ? "a policy pack without the option typescript: false" : `a ${kind} plugin`;
    call.emit("error", wireError(new Unsupported(`the built-in nodejs language host does not run ${what}`)));
    return;
  }
  const over = new AbortController();
  call.once("cancelled", () => {
    over.abort();
  });
  const answer = (set: (response: Messages.RunPluginResponse) => void): void => {
    const response = new messages.RunPluginResponse();
    set(response);
    call.write(response);
  };
  runPolicyPack(
    {
      directory: info?.getProgramDirectory() ?? "",
      workingDirectory: request.getPwd(),
      args: request.getArgsList(),
      environment: {
        ...environmentOf(request.getEnvList()),
        // So that its code, too, is compiled once.
        NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? "",
      },
      nodeArgs: options.nodeArgs,
    },
    AbortSignal.any([stop, over.signal]),
    (stream, part) => {
      answer((response) => {
        if (stream === "stdout") response.setStdout(part);
        else response.setStderr(part);
      });
    },
  ).then(
    (code) => {
      answer((response) => response.setExitcode(code));
      call.end();
    },
    (error: unknown) => call.emit("error", wireError(error)),
  );
}

/** `NAME=value` each. */
function environmentOf(list: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    list.map((each) => [each.slice(0, each.indexOf("=")), each.slice(each.indexOf("=") + 1)]),
  );
}
