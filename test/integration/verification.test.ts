import { lastErrors } from "../../automation/workspace.ts";
import { type AdminApi, adminApi } from "../stack/keycloak.ts";
import { COMMUNITY, SERVICES } from "../stack/services.ts";
import { openShared, sharedStack } from "../stack/shared.ts";

const stack = sharedStack();
const api: AdminApi = adminApi(stack);

/** Changes a client by hand, behind the program's back. */
async function change(clientId: string, values: object): Promise<void> {
  const [client] = await api.get<{ id: string }[]>(
    `/${COMMUNITY}/clients?clientId=${encodeURIComponent(clientId)}`,
  );
  if (client === undefined) throw new Error(`no client ${clientId}`);
  await api.put(`/${COMMUNITY}/clients/${client.id}`, { ...client, ...values });
}

/** What an `up` fails with. */
async function faultOfUp(): Promise<string> {
  const failed = await (await openShared()).up().then(
    () => "nothing",
    (error: unknown) => String(error),
  );
  return lastErrors(failed);
}

test("an up fails with the difference when another hand has opened a client", async () => {
  const { atlassian } = SERVICES;
  await change("app", { redirectUris: ["https://app.services.test/*"] });
  await change(atlassian.entityId, { attributes: { "saml.server.signature": "false" } });
  const fault = await faultOfUp();
  expect(fault).toMatch(
    new RegExp(`^realm ${COMMUNITY} is not what was asked for; run pulumi refresh and up again, `),
  );
  expect(fault).not.toMatch(/^ +at /m);
  expect(fault).toContain(
    'client app: redirectUris should be ["https://app.services.test/callback"], the server says ["https://app.services.test/*"]',
  );
  expect(fault).toContain(
    `client ${atlassian.entityId}: attributes.saml.server.signature should be "true", the server says "false"`,
  );
});

test("the remedy it names puts all right", async () => {
  const opened = await openShared();
  expect((await opened.up({ refresh: true })).summary.resourceChanges).toMatchObject({ update: 2 });
});

test("an up fails when another hand has let identities in without proof, believes other signatures, or has spam labels close nothing", async () => {
  const flow = `/developers/authentication/flows/${encodeURIComponent("broker first-login account")}/executions`;
  await api.post(`${flow}/execution`, { provider: "idp-auto-link" });
  const added = (await api.get<{ id: string; providerId?: string }[]>(flow)).find(
    ({ providerId }) => providerId === "idp-auto-link",
  );
  await api.put(flow, { ...added, requirement: "ALTERNATIVE" });
  const ubuntuOne = "/developers/identity-provider/instances/ubuntuone";
  const provider = await api.get<{ config: Record<string, string> }>(ubuntuOne);
  const unsigned = {
    ...provider.config,
    wantAssertionsSigned: "false",
    idpEntityId: "https://elsewhere.test",
  };
  await api.put(ubuntuOne, { ...provider, config: unsigned });
  const config = await api.get<object>("/developers/events/config");
  await api.put("/developers/events/config", { ...config, eventsListeners: ["jboss-logging"] });
  try {
    const fault = await faultOfUp();
    expect(fault).toContain(
      'flow broker first-login: openDoors should be [], the server says ["1 idp-auto-link ALTERNATIVE"]',
    );
    expect(fault).toContain(
      'identity provider ubuntuone: config.wantAssertionsSigned should be "true", the server says "false"',
    );
    expect(fault).toMatch(
      /identity provider ubuntuone: config\.idpEntityId should be .*"https:\/\/elsewhere\.test"$/m,
    );
    expect(fault).toMatch(
      /realm's events: eventsListeners should be .*sso-spam-label.* says \["jboss-logging"\]/,
    );
  } finally {
    await api.delete(`/developers/authentication/executions/${added?.id}`);
    await api.put("/developers/events/config", config);
    await api.put(ubuntuOne, provider);
  }
  expect(await faultOfUp()).toBe("nothing");
});
