import * as pulumi from "@pulumi/pulumi";

/** A resource as the program asked for it. */
export interface Recorded {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

const CERTIFICATE = "-----BEGIN CERTIFICATE-----\nbm90IGEgcmVhbCBvbmU=\n-----END CERTIFICATE-----\n";

const PUBLIC_KEY = "-----BEGIN PUBLIC KEY-----\nbm90IGEgcmVhbCBvbmU=\n-----END PUBLIC KEY-----\n";

/** What an issuer of certificates would say, for each `service:uid:names` of its command. */
function leavesOf({ command }: { readonly command?: readonly string[] }): string {
  const services = (command ?? []).flatMap((word) => /^([a-z-]+):\d+:/.exec(word)?.[1] ?? []);
  return services.map((service) => `leaf ${service} of-${service}\n`).join("");
}

/** What the engine would add to the inputs, by type. */
const COMPUTED: Readonly<
  Record<string, (name: string, inputs: Recorded["inputs"]) => Record<string, unknown>>
> = {
  "docker:index/remoteImage:RemoteImage": (name) => ({ imageId: `sha256:${name}` }),
  "docker:index/container:Container": (_name, inputs) => ({
    containerLogs: leavesOf(inputs) + CERTIFICATE + PUBLIC_KEY,
    exitCode: 0,
  }),
  "random:index/randomPassword:RandomPassword": (name) => ({ result: `made-for-${name}` }),
};

/** Has the program's resources recorded instead of made, from now on. */
export function recordResources(stack: string): Recorded[] {
  const recorded: Recorded[] = [];
  void pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        recorded.push({ type, name, inputs: inputs as Recorded["inputs"] });
        const given = inputs as Recorded["inputs"];
        return { id: `${name}-id`, state: { ...given, ...COMPUTED[type]?.(name, given) } };
      },
      call: ({ token }) => {
        throw new Error(`the program asked for ${token}, which no test expects`);
      },
    },
    "sso",
    stack,
    true, // a preview: after an update the program would ask the servers, which are not there
  );
  return recorded;
}

/** Waits until all resources of a program have been registered. */
export async function settled(): Promise<void> {
  await pulumi.runtime.disconnect();
}
