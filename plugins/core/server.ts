/** Serves a plugin to the Pulumi engine over gRPC. */
import service from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import type { Plugin } from "./definition.ts";
import { listen } from "./listen.ts";
import { methods } from "./methods.ts";
import { Provider } from "./provider.ts";
import { Session } from "./session.ts";

/** Starts the server and prints its port, as the engine expects. The engine's own address is the first argument. */
export function serve<Client>(plugin: Plugin<Client>): void {
  const { schema } = plugin;
  const session = new Session(process.argv[2]);
  const provider = new Provider(plugin);
  listen(
    `${schema.name} plugin`,
    service.ResourceProviderService,
    methods(schema, provider, session),
    async () => {
      session.cancel();
      await provider.close();
    },
  );
}
