/** How a plugin's server lives: it tells its port, and ends with the engine that started it. */
import {
  Server,
  ServerCredentials,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";

/** How often a plugin looks whether the engine is still there. */
const ORPHAN_CHECK_MS = 5_000;

/**
 * Serves `methods` on a port of its own choosing and prints that, as the engine expects. `close` runs before the
 * process ends.
 */
export function listen(
  name: string,
  service: ServiceDefinition,
  methods: UntypedServiceImplementation,
  close: () => Promise<void>,
): void {
  const server = new Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
  server.addService(service, methods);
  server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
    if (error !== null) {
      process.stderr.write(`the ${name} cannot listen on 127.0.0.1: ${error.message}\n`);
      process.exitCode = 1;
      return;
    }
    process.stdout.write(`${String(port)}\n`);
  });
  whenOver(() => {
    server.forceShutdown();
    void close().finally(() => process.exit());
  });
}

function whenOver(stop: () => void): void {
  const engine = process.ppid;
  const check = setInterval(() => {
    if (process.ppid !== engine) stop();
  }, ORPHAN_CHECK_MS);
  check.unref();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, stop);
}
