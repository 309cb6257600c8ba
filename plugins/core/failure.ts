/** Errors as gRPC carries them. */
import { Metadata, status, type ServiceError } from "@grpc/grpc-js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import statuses from "@pulumi/pulumi/proto/status_pb.js";
import any from "google-protobuf/google/protobuf/any_pb.js";
import { HalfMade } from "./kept.ts";
import { toWire } from "./wire.ts";

/** Carries the details of a status beside its message. */
const DETAILS = "grpc-status-details-bin";

/** An operation this plugin does not have. */
export class Unsupported extends Error {}

/** `error` for the engine: its message alone; with what was half made, so that the engine keeps it in the state. */
export function wireError(error: unknown): Partial<ServiceError> {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof Unsupported) return { code: status.UNIMPLEMENTED, message };
  if (!(error instanceof HalfMade)) return { code: status.UNKNOWN, message };
  return { code: status.UNKNOWN, message, metadata: initFailed(error) };
}

function initFailed({ message, kept }: HalfMade): Metadata {
  const detail = new messages.ErrorResourceInitFailed();
  detail.setId(kept.id);
  detail.setProperties(toWire(kept.outputs));
  detail.setReasonsList([message]);
  const packed = new any.Any();
  packed.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const whole = new statuses.Status();
  whole.setCode(status.UNKNOWN);
  whole.setMessage(message);
  whole.addDetails(packed);
  const metadata = new Metadata();
  metadata.add(DETAILS, Buffer.from(whole.serializeBinary()));
  return metadata;
}
