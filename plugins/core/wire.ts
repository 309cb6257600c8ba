/** Between Pulumi's wire format and plain values. */
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import type { Properties } from "./definition.ts";
import { openSecrets } from "./secrets.ts";

/** Plain values; configuration is sent with its secrets wrapped, whatever a plugin says it accepts. */
export function fromWire(message: Struct | undefined): Properties {
  return openSecrets(message?.toJavaScript() ?? {}) as Properties;
}

export function toWire(properties: Properties): Struct {
  return struct.Struct.fromJavaScript(properties);
}

/** Type token and logical name of a URN, `urn:pulumi:stack::project::parent$type::name`. */
export function parseUrn(urn: string): { readonly token: string; readonly name: string } {
  const [, , types = "", ...name] = urn.split("::");
  return { token: types.slice(types.lastIndexOf("$") + 1), name: name.join("::") };
}
