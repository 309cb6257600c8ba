import { Naming } from "../../components/host/naming.ts";
import { up } from "../stack/commands.ts";
import { docker } from "../stack/containers.ts";
import { adminApi } from "../stack/keycloak.ts";
import { brokerSettings, OPENID, UBUNTU_ONE } from "../stack/outside.ts";
import { sharedStack } from "../stack/shared.ts";
import { settingsOf, writeStackFile } from "../stack/throwaway.ts";

const stack = sharedStack();
const naming = new Naming(stack.name);
const api = adminApi(stack);

/** What of the shim is on the host. */
function traces(): string[] {
  const lists = [
    ["ps", "--all", "--format", "{{.Names}}"],
    ["volume", "ls", "--format", "{{.Name}}"],
    ["images", "--format", "{{.Repository}}"],
  ];
  const names = lists.flatMap((list) => docker(...list).split("\n"));
  return names.filter(
    (name) => name.startsWith(naming.of("simplesamlphp")) || name === naming.image("simplesamlphp"),
  );
}

async function aliases(): Promise<string[]> {
  const ask = (): Promise<{ alias: string }[]> => api.get("/developers/identity-provider/instances");
  // A certificate more or less replaces every container: a connection that was kept may have gone with the old one.
  const providers = await ask().catch(ask);
  return providers.map(({ alias }) => alias);
}

test("without its providers in the settings the shim is gone, and it comes back with them", async () => {
  const settings = settingsOf(stack);
  const broker = brokerSettings(stack);
  const [community] = settings.realms as object[];
  const identityProviders = (broker.identityProviders as { kind: string }[]).filter(
    ({ kind }) => kind !== "ubuntuone" && kind !== "openid2",
  );
  expect(traces()).toContain(naming.of("simplesamlphp")); // control
  expect(await aliases()).toEqual(expect.arrayContaining([UBUNTU_ONE, OPENID]));
  writeStackFile(stack, { ...settings, realms: [community, { ...broker, identityProviders }] });
  try {
    expect(up(stack)).toMatchObject({ status: 0 });
    expect(traces()).toEqual([]);
    expect(await aliases()).not.toEqual(expect.arrayContaining([UBUNTU_ONE]));
    expect(await aliases()).not.toEqual(expect.arrayContaining([OPENID]));
  } finally {
    writeStackFile(stack, settings);
    expect(up(stack)).toMatchObject({ status: 0 });
  }
  expect(traces()).toContain(naming.of("simplesamlphp"));
  expect(await aliases()).toEqual(expect.arrayContaining([UBUNTU_ONE, OPENID]));
});
