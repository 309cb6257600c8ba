/** The methods of Pulumi's ResourceProvider service: messages in and out, everything else in provider.ts. */
import type { UntypedServiceImplementation } from "@grpc/grpc-js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import type * as Messages from "@pulumi/pulumi/proto/provider_pb.js";
import plugins from "@pulumi/pulumi/proto/plugin_pb.js";
import type { PluginAttach } from "@pulumi/pulumi/proto/plugin_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import type { Autonaming, CheckRequest } from "./check.ts";
import type { Failure } from "./coerce.ts";
import type { PackageSchema } from "./definition.ts";
import type { Change } from "./diff.ts";
import type { Difference, Provider } from "./provider.ts";
import { unary, unsupported } from "./rpc.ts";
import type { Session } from "./session.ts";
import { equal } from "./values.ts";
import { fromWire, parseUrn, toWire } from "./wire.ts";

/** The service of one plugin. Methods it does not have answer that they are not supported. */
export function methods<Client>(
  schema: PackageSchema,
  provider: Provider<Client>,
  session: Session,
): UntypedServiceImplementation {
  return {
    ...pluginMethods(schema, session),
    ...configMethods(provider),
    ...planMethods(provider),
    ...stateMethods(provider, session),
    ...unsupported(`built-in ${schema.name} plugin`, ["invoke", "call", "construct"]),
  };
}

function pluginMethods(schema: PackageSchema, session: Session): UntypedServiceImplementation {
  return {
    handshake: unary((request: Messages.ProviderHandshakeRequest) => {
      session.attach(request.getEngineAddress());
      const response = new messages.ProviderHandshakeResponse();
      response.setSupportsAutonamingConfiguration(true);
      return response;
    }),
    attach: unary((request: PluginAttach) => {
      session.attach(request.getAddress());
      return new empty.Empty();
    }),
    getPluginInfo: unary(() => {
      const response = new plugins.PluginInfo();
      response.setVersion(schema.version);
      return response;
    }),
    getSchema: unary(() => {
      const response = new messages.GetSchemaResponse();
      response.setSchema(JSON.stringify(schema));
      return response;
    }),
    getMapping: unary(() => new messages.GetMappingResponse()),
    cancel: unary(() => {
      session.cancel();
      return new empty.Empty();
    }),
  };
}

function configMethods<Client>(provider: Provider<Client>): UntypedServiceImplementation {
  return {
    checkConfig: unary((request: Messages.CheckRequest) => {
      const response = new messages.CheckResponse();
      response.setInputs(request.getNews());
      response.setFailuresList(provider.checkConfig(fromWire(request.getNews())).map(failure));
      return response;
    }),
    diffConfig: unary((request: Messages.DiffRequest) => {
      const olds = fromWire(request.getOldInputs() ?? request.getOlds());
      const news = fromWire(request.getNews());
      const names = [...new Set([...Object.keys(olds), ...Object.keys(news)])];
      const changed = names.filter((name) => !equal(olds[name] ?? null, news[name] ?? null));
      const response = new messages.DiffResponse();
      response.setChanges(changes(changed.length > 0));
      response.setDiffsList(changed);
      return response;
    }),
    configure: unary((request: Messages.ConfigureRequest) => {
      provider.configure(fromWire(request.getArgs()));
      // Secrets arrive as plain values; the engine marks outputs that stem from them again.
      const response = new messages.ConfigureResponse();
      response.setSupportspreview(true);
      response.setSupportsAutonamingConfiguration(true);
      return response;
    }),
  };
}

function planMethods<Client>(provider: Provider<Client>): UntypedServiceImplementation {
  return {
    check: unary((request: Messages.CheckRequest) => {
      const { token, name } = parseUrn(request.getUrn());
      const { inputs, failures } = provider.check(token, checkRequest(name, request));
      const response = new messages.CheckResponse();
      response.setInputs(toWire(inputs));
      response.setFailuresList(failures.map(failure));
      return response;
    }),
    diff: unary((request: Messages.DiffRequest) => {
      const { token } = parseUrn(request.getUrn());
      const [olds, news] = [fromWire(request.getOlds()), fromWire(request.getNews())];
      return diffResponse(provider.diff(token, olds, news, request.getIgnorechangesList()));
    }),
  };
}

function stateMethods<Client>(provider: Provider<Client>, session: Session): UntypedServiceImplementation {
  return {
    create: unary(async (request: Messages.CreateRequest) => {
      const { token } = parseUrn(request.getUrn());
      const inputs = fromWire(request.getProperties());
      const response = new messages.CreateResponse();
      if (request.getPreview()) {
        response.setProperties(toWire(provider.previewCreate(token, inputs)));
        return response;
      }
      const kept = await provider.create(token, inputs, session.call(request.getUrn(), request.getTimeout()));
      response.setId(kept.id);
      response.setProperties(toWire(kept.outputs));
      return response;
    }),
    read: unary(async (request: Messages.ReadRequest) => {
      const { token } = parseUrn(request.getUrn());
      const [inputs, state] = [fromWire(request.getInputs()), fromWire(request.getProperties())];
      const call = session.call(request.getUrn(), request.getTimeout());
      const found = await provider.read(token, request.getId(), inputs, state, call);
      const response = new messages.ReadResponse();
      if (found === undefined) return response;
      response.setId(found.id);
      response.setProperties(toWire(found.outputs));
      response.setInputs(toWire(found.inputs));
      return response;
    }),
    update: unary(async (request: Messages.UpdateRequest) => {
      const { token } = parseUrn(request.getUrn());
      const [state, inputs, id] = [fromWire(request.getOlds()), fromWire(request.getNews()), request.getId()];
      const outputs = request.getPreview()
        ? provider.previewUpdate(token, id, state, inputs)
        : await provider.update(
            token,
            id,
            state,
            inputs,
            session.call(request.getUrn(), request.getTimeout()),
          );
      const response = new messages.UpdateResponse();
      response.setProperties(toWire(outputs));
      return response;
    }),
    delete: unary(async (request: Messages.DeleteRequest) => {
      const { token } = parseUrn(request.getUrn());
      const call = session.call(request.getUrn(), request.getTimeout());
      await provider.delete(token, request.getId(), fromWire(request.getProperties()), call);
      return new empty.Empty();
    }),
  };
}

function checkRequest(name: string, request: Messages.CheckRequest): CheckRequest {
  const seed = request.getRandomseed();
  const autonaming = autonamingOf(request.getAutonaming());
  return {
    name,
    olds: fromWire(request.getOlds()),
    news: fromWire(request.getNews()),
    randomSeed: typeof seed === "string" ? Buffer.from(seed, "base64") : seed,
    ...(autonaming === undefined ? {} : { autonaming }),
  };
}

function autonamingOf(options: Messages.CheckRequest.AutonamingOptions | undefined): Autonaming | undefined {
  if (options === undefined) return undefined;
  const modes = messages.CheckRequest.AutonamingOptions.Mode;
  const proposed = options.getProposedName();
  switch (options.getMode()) {
    case modes.DISABLE:
      return { mode: "disable" };
    case modes.ENFORCE:
      return { mode: "enforce", proposed };
    default:
      return { mode: "propose", proposed };
  }
}

function failure({ property, reason }: Failure): Messages.CheckFailure {
  const message = new messages.CheckFailure();
  message.setProperty(property);
  message.setReason(reason);
  return message;
}

function changes(differs: boolean): Messages.DiffResponse.DiffChanges {
  const { DIFF_NONE, DIFF_SOME } = messages.DiffResponse.DiffChanges;
  return differs ? DIFF_SOME : DIFF_NONE;
}

function diffResponse(difference: Difference): Messages.DiffResponse {
  const response = new messages.DiffResponse();
  response.setChanges(changes(difference.differs));
  response.setDiffsList([...difference.changed]);
  response.setReplacesList([...difference.replaces]);
  response.setStablesList([...difference.stable]);
  response.setDeletebeforereplace(difference.deleteBeforeReplace);
  if (!difference.detailed) return response;
  response.setHasdetaileddiff(true);
  for (const [path, change] of Object.entries(difference.changes))
    response.getDetaileddiffMap().set(path, propertyDiff(change));
  return response;
}

function propertyDiff({ kind, replaces }: Change): Messages.PropertyDiff {
  const kinds = messages.PropertyDiff.Kind;
  const message = new messages.PropertyDiff();
  message.setKind(
    {
      add: replaces ? kinds.ADD_REPLACE : kinds.ADD,
      delete: replaces ? kinds.DELETE_REPLACE : kinds.DELETE,
      update: replaces ? kinds.UPDATE_REPLACE : kinds.UPDATE,
    }[kind],
  );
  return message;
}
