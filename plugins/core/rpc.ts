/** gRPC methods as plain functions. */
import type { sendUnaryData, ServerUnaryCall, UntypedServiceImplementation } from "@grpc/grpc-js";
import { Unsupported, wireError } from "./failure.ts";

/** A method that answers with what `answer` gives or resolves to, or with its error. */
export function unary<Request, Response>(answer: (request: Request) => Response | Promise<Response>) {
  const settle = async (request: Request): Promise<Response> => answer(request);
  return (call: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>): void => {
    settle(call.request).then(
      (response) => {
        callback(null, response);
      },
      (error: unknown) => {
        callback(wireError(error));
      },
    );
  };
}

/** Methods, of one answer each, that say that `server` does not have them. */
export function unsupported(server: string, names: readonly string[]): UntypedServiceImplementation {
  const refuse = (name: string) =>
    unary(() => {
      throw new Unsupported(`${name} is not supported by the ${server}`);
    });
  return Object.fromEntries(names.map((name) => [name, refuse(name)]));
}
