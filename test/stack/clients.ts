import { Naming } from "../../components/host/naming.ts";
import { imageOf } from "./beside.ts";
import { docker } from "./containers.ts";
import { knownNetworkOf, type Throwaway } from "./throwaway.ts";

/** Connects a service to a network of hosts that the stack's settings let in; gives what takes the network away. */
export function admitKnown(stack: Throwaway, service: string): () => void {
  const naming = new Naming(stack.name);
  docker("network", "create", "--subnet", knownNetworkOf(stack), naming.of("known"));
  docker("network", "connect", "--alias", service, naming.of("known"), naming.of(service));
  return () => {
    docker("network", "disconnect", "--force", naming.of("known"), naming.of(service));
    docker("network", "rm", naming.of("known"));
  };
}

/** Runs a Python script with its arguments on a host of its own in one of the stack's networks; gives what it prints. */
export function onHostIn(
  network: "known" | "edge",
  stack: Throwaway,
  script: string,
  ...args: readonly string[]
): string {
  return docker(
    ...["run", "--rm", "--network", new Naming(stack.name).of(network), "--entrypoint", "python3"],
    ...[imageOf(stack, "mail-sink"), "-c", script, ...args],
  );
}
