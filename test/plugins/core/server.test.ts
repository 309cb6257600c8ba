/** The server over a real connection, as the engine uses it. */
import { credentials, Server, ServerCredentials, type ServiceError } from "@grpc/grpc-js";
import service from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import statuses from "@pulumi/pulumi/proto/status_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { PartialError } from "../../../plugins/core/errors.ts";
import { methods } from "../../../plugins/core/methods.ts";
import { Provider } from "../../../plugins/core/provider.ts";
import { Session } from "../../../plugins/core/session.ts";
import { BOX, samplePlugin, schema, type Shelf } from "./sample.ts";

const urn = `urn:pulumi:dev::project::sso:host:Host$${BOX}::crate::1`;

const shelf: Shelf = { asked: [] };
const session = new Session();
const server = new Server();
let client: InstanceType<typeof service.ResourceProviderClient>;

beforeAll(async () => {
  const provider = new Provider(samplePlugin(shelf));
  provider.configure({});
  server.addService(service.ResourceProviderService, methods(schema, provider, session));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  client = new service.ResourceProviderClient(`127.0.0.1:${String(port)}`, credentials.createInsecure());
});

afterAll(() => {
  client.close();
  server.forceShutdown();
});

type Reply<Response> = (error: ServiceError | null, response: Response) => void;

function ask<Response>(send: (reply: Reply<Response>) => unknown): Promise<Response> {
  return new Promise((resolve, reject) => {
    send((error, response) => {
      if (error === null) resolve(response);
      else reject(error);
    });
  });
}

function createRequest(): InstanceType<typeof messages.CreateRequest> {
  const request = new messages.CreateRequest();
  request.setUrn(urn);
  request.setProperties(struct.Struct.fromJavaScript({ size: 1, name: "b" }));
  return request;
}

test("declines secrets, so that the engine keeps track of them, and offers previews", async () => {
  const response = await ask<InstanceType<typeof messages.ConfigureResponse>>((reply) =>
    client.configure(new messages.ConfigureRequest(), reply),
  );
  expect(response.toObject()).toMatchObject({
    acceptsecrets: false,
    acceptoutputs: false,
    acceptresources: false,
    supportspreview: true,
    supportsAutonamingConfiguration: true,
  });
});

test("checks, with every fault under its property", async () => {
  const request = new messages.CheckRequest();
  request.setUrn(urn);
  request.setNews(struct.Struct.fromJavaScript({ size: "large" }));
  request.setRandomseed(Uint8Array.of(1));
  const response = await ask<InstanceType<typeof messages.CheckResponse>>((reply) =>
    client.check(request, reply),
  );
  expect(response.getFailuresList().map((each) => each.toObject())).toEqual([
    { property: "size", reason: 'size is "large"; allowed: a whole number' },
  ]);
  expect(response.getInputs()?.toJavaScript().name).toMatch(/^crate::1-[0-9a-f]{7}$/);
});

test("creates, and only plans in a preview", async () => {
  const planned = createRequest();
  planned.setPreview(true);
  const preview = await ask<InstanceType<typeof messages.CreateResponse>>((reply) =>
    client.create(planned, reply),
  );
  expect(preview.getId()).toBe("");
  expect(shelf.asked).toEqual([]);
  const created = await ask<InstanceType<typeof messages.CreateResponse>>((reply) =>
    client.create(createRequest(), reply),
  );
  expect(created.getId()).toBe("box-1");
  expect(created.getProperties()?.toJavaScript()).toMatchObject({ serial: "s1", size: 1 });
  expect(shelf.asked).toEqual(["create crate::1"]);
});

test("tells what changes by path and kind", async () => {
  const request = new messages.DiffRequest();
  request.setUrn(urn);
  request.setOlds(struct.Struct.fromJavaScript({ name: "a", size: 1, open: false, colour: "red" }));
  request.setNews(
    struct.Struct.fromJavaScript({ name: "b", size: 2, colour: "red", __defaults: ["colour"] }),
  );
  const response = await ask<InstanceType<typeof messages.DiffResponse>>((reply) =>
    client.diff(request, reply),
  );
  const { ADD, UPDATE, UPDATE_REPLACE } = messages.PropertyDiff.Kind;
  expect(ADD).toBe(0);
  expect(response.getChanges()).toBe(messages.DiffResponse.DiffChanges.DIFF_SOME);
  expect(response.getReplacesList()).toEqual(["name"]);
  expect(response.getDeletebeforereplace()).toBe(true);
  expect(response.getDetaileddiffMap().get("size")?.getKind()).toBe(UPDATE);
  expect(response.getDetaileddiffMap().get("name")?.getKind()).toBe(UPDATE_REPLACE);
});

test("sends what was half made along with the error", async () => {
  shelf.answer = () => Promise.reject(new PartialError("no lid", { id: "box-9", state: { serial: "s9" } }));
  const error = await ask((reply) => client.create(createRequest(), reply)).catch((each: unknown) => each);
  delete shelf.answer;
  const { details, metadata } = error as ServiceError;
  expect(details).toBe("no lid");
  const [packed] = metadata.get("grpc-status-details-bin");
  const [detail] = statuses.Status.deserializeBinary(Buffer.from(packed ?? "")).getDetailsList();
  expect(detail?.getTypeName()).toBe("pulumirpc.ErrorResourceInitFailed");
  const failed = messages.ErrorResourceInitFailed.deserializeBinary(
    detail?.getValue_asU8() ?? new Uint8Array(),
  );
  expect(failed.getId()).toBe("box-9");
  expect(failed.getReasonsList()).toEqual(["no lid"]);
  expect(failed.getProperties()?.toJavaScript()).toMatchObject({ id: "box-9", serial: "s9", size: 1 });
});

test("answers with the message of an error alone", async () => {
  shelf.answer = () => Promise.reject(new Error("no wood"));
  await expect(ask((reply) => client.create(createRequest(), reply))).rejects.toMatchObject({
    details: "no wood",
  });
  delete shelf.answer;
});

test("says clearly what it does not have", async () => {
  const request = new messages.InvokeRequest();
  request.setTok("sample:index/getBox:getBox");
  await expect(ask((reply) => client.invoke(request, reply))).rejects.toMatchObject({
    details: "invoke is not supported by the built-in sample plugin",
  });
});

test("tells handlers to end when the operator cancels", async () => {
  const { signal } = session.call(urn, 0);
  expect(signal.aborted).toBe(false);
  await ask((reply) => client.cancel(new empty.Empty(), reply));
  expect(signal.aborted).toBe(true);
});
