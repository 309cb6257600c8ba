/** Messages to the engine, which shows them under the resource they are about. */
import { credentials } from "@grpc/grpc-js";
import service from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/engine_pb.js";

export type Severity = "info" | "warning";

/** A connection to the engine's log. */
export class EngineLog {
  readonly #client: InstanceType<typeof service.EngineClient>;

  public constructor(address: string) {
    this.#client = new service.EngineClient(address, credentials.createInsecure());
  }

  /** `passing` messages are shown while the resource works and then forgotten. */
  public log(severity: Severity, urn: string, message: string, passing: boolean): void {
    const request = new messages.LogRequest();
    request.setSeverity(severity === "info" ? messages.LogSeverity.INFO : messages.LogSeverity.WARNING);
    request.setUrn(urn);
    request.setMessage(message);
    request.setEphemeral(passing);
    this.#client.log(request, (error) => {
      if (error !== null) process.stderr.write(`${message}\n`);
    });
  }
}
