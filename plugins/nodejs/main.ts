/** The `nodejs` language host: runs Pulumi programs where the official host cannot be had. */
import { dirname, join } from "node:path";
import service from "@pulumi/pulumi/proto/language_grpc_pb.js";
import { listen } from "../core/listen.ts";
import { methods } from "./methods.ts";

const [, self = "", ...args] = process.argv;

/** The engine passes its address after any flags. */
const engine = args.at(-1) ?? "";

/** Stands beside this file once both are built. */
const preload = join(dirname(self), "preload.cjs");

const stop = new AbortController();

listen("nodejs language host", service.LanguageRuntimeService, methods(engine, preload, stop), () => {
  stop.abort();
  return Promise.resolve();
});
