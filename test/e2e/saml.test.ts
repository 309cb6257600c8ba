import { type Profile, SAML, type SamlConfig, ValidateInResponseTo } from "@node-saml/node-saml";
import { signedFor, WRAPPING_NUMBERS, wrapSigned } from "../stack/saml-response.ts";
import { COMMUNITY, SERVICES } from "../stack/services.ts";
import { sharedStack } from "../stack/shared.ts";
import { ADA, prepareAda } from "./ada.ts";
import { type Arrival, fetchOf, type Form, formOf, textOf, Visitor } from "../stack/visitor.ts";

const EMAIL_FORMAT = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";
const CLAIMS = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims";

const stack = sharedStack();
const issuer = stack.view.realms[COMMUNITY]?.issuer ?? "";
const ALIAS = `ada@${stack.aliasDomain}`;
let idpCert: string;

beforeAll(async () => {
  await prepareAda(stack);
  const answer = await fetchOf(stack)(`${issuer}/protocol/saml/descriptor`);
  [, idpCert = ""] = /<ds:X509Certificate>([^<]+)</.exec(await answer.text()) ?? [];
});

/** A SAML service provider as careful as one can be about what its service promises to get. */
function serviceProvider(name: "atlassian" | "library", own: Partial<SamlConfig> = {}): SAML {
  const { entityId, acsUrl } = SERVICES[name];
  return new SAML({
    entryPoint: `${issuer}/protocol/saml`,
    logoutUrl: `${issuer}/protocol/saml`,
    issuer: entityId,
    audience: entityId,
    callbackUrl: acsUrl,
    idpIssuer: issuer,
    idpCert,
    identifierFormat: name === "atlassian" ? EMAIL_FORMAT : null,
    disableRequestedAuthnContext: true,
    wantAuthnResponseSigned: true,
    wantAssertionsSigned: name !== "atlassian",
    validateInResponseTo: ValidateInResponseTo.always,
    ...own,
  });
}

async function signIn(provider: SAML, visitor = new Visitor(stack)): Promise<Form> {
  const url = await provider.getAuthorizeUrlAsync("where I was", undefined, {});
  return formOf(await visitor.signIn(url, ADA.username, ADA.password));
}

async function profileOf(provider: SAML, { fields }: Form): Promise<Profile> {
  const { profile } = await provider.validatePostResponseAsync({ ...fields });
  if (profile === null) throw new Error("no profile in the response");
  return profile;
}

/** The first one of a document. */
const SIGNATURE = /<dsig:Signature[\s\S]*?<\/dsig:Signature>/;

/** All that jest would stand in for beside the clock. */
const REAL = [
  ...([
    "nextTick",
    "queueMicrotask",
    "setImmediate",
    "clearImmediate",
    "setTimeout",
    "clearTimeout",
  ] as const),
  ...(["setInterval", "clearInterval", "hrtime", "performance"] as const),
];

const xmlOf = ({ fields }: Form): string => Buffer.from(fields.SAMLResponse ?? "", "base64").toString();

function withXml({ action, fields }: Form, change: (xml: string) => string): Form {
  const xml = change(xmlOf({ action, fields }));
  return { action, fields: { ...fields, SAMLResponse: Buffer.from(xml).toString("base64") } };
}

describe("Atlassian's profile", () => {
  const { url, entityId, acsUrl } = SERVICES.atlassian;

  test("the response is posted to the one consumer address, with the state it was asked with", async () => {
    const form = await signIn(serviceProvider("atlassian"));
    expect(form.action).toBe(acsUrl);
    expect(form.fields.RelayState).toBe("where I was");
  });

  test("it names the person by an e-mail address, and by what never changes", async () => {
    const provider = serviceProvider("atlassian");
    const profile = await profileOf(provider, await signIn(provider));
    expect(profile).toMatchObject({
      issuer,
      nameID: ALIAS,
      nameIDFormat: EMAIL_FORMAT,
      [`${CLAIMS}/givenname`]: "Ada",
      [`${CLAIMS}/surname`]: "Lovelace",
      [`${CLAIMS}/name`]: "ada",
    });
  });

  test("the whole response is signed by RSA-SHA256, for this audience and consumer alone", async () => {
    const xml = xmlOf(await signIn(serviceProvider("atlassian")));
    const [response = "", assertion = ""] = xml.split(/(?=<saml:Assertion)/);
    expect(response).toContain(`Destination="${acsUrl}"`);
    expect(response).toContain(
      'SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"',
    );
    expect(response).toContain('DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"');
    expect(assertion).not.toContain("Signature");
    expect(assertion).toContain(`<saml:Audience>${entityId}</saml:Audience>`);
    expect(assertion).toContain(`Recipient="${acsUrl}"`);
    expect(assertion).toContain("<saml:AuthnStatement");
  });

  test("a link at the id site starts the login without typing", async () => {
    const provider = serviceProvider("atlassian", { validateInResponseTo: ValidateInResponseTo.ifPresent });
    const link = `${issuer}/protocol/saml/clients/atlassian`;
    const form = formOf(await new Visitor(stack).signIn(link, ADA.username, ADA.password));
    expect(form.action).toBe(acsUrl);
    expect(form.fields.RelayState).toBe(url);
    expect(await profileOf(provider, form)).toMatchObject({ nameID: ALIAS });
  });
});

describe("a response on its way to the service", () => {
  test("positive control: as it is, it is good", async () => {
    const provider = serviceProvider("atlassian");
    expect(
      await profileOf(
        provider,
        withXml(await signIn(provider), (xml) => xml),
      ),
    ).toBeDefined();
  });

  test.each([
    ["with another person in it", (xml: string) => xml.replace(ALIAS, `grace@${stack.aliasDomain}`)],
    [
      "for another audience",
      (xml: string) => xml.replaceAll("0b1c2d3e</saml:Audience>", "ffff</saml:Audience>"),
    ],
    ["without its signature", (xml: string) => xml.replace(SIGNATURE, "")],
    [
      "with a second assertion before the first",
      (xml: string) => {
        const [assertion = ""] = /<saml:Assertion[\s\S]*<\/saml:Assertion>/.exec(xml) ?? [];
        const forged = assertion
          .replace(/ID="[^"]*"/, 'ID="forged"')
          .replace(ALIAS, `grace@${stack.aliasDomain}`);
        return xml.replace(assertion, forged + assertion);
      },
    ],
  ])("%s, it is refused", async (_, change) => {
    const provider = serviceProvider("atlassian");
    const form = withXml(await signIn(provider), change);
    await expect(profileOf(provider, form)).rejects.toThrow(/signature|signed/i);
  });

  test("a second time, it is refused", async () => {
    const provider = serviceProvider("atlassian");
    const form = await signIn(provider);
    await profileOf(provider, form);
    await expect(profileOf(provider, form)).rejects.toThrow("InResponseTo is not valid");
  });

  test("when it is too old, it is refused", async () => {
    const readAfter = async (minutes: number): Promise<Profile> => {
      const provider = serviceProvider("atlassian");
      const form = await signIn(provider);
      jest.useFakeTimers({ now: Date.now() + minutes * 60_000, doNotFake: [...REAL] });
      try {
        return await profileOf(provider, form);
      } finally {
        jest.useRealTimers();
      }
    };
    expect(await readAfter(0)).toBeDefined(); // positive control
    await expect(readAfter(10)).rejects.toThrow("No valid subject confirmation");
  });

  test("as an answer to what another service asked, it is refused", async () => {
    const form = await signIn(serviceProvider("atlassian"));
    const other = serviceProvider("atlassian");
    await signIn(other);
    await expect(profileOf(other, form)).rejects.toThrow("InResponseTo is not valid");
  });

  /** A response with one signature alone, and a service that asks for no other. */
  async function signedOnce(element: "Response" | "Assertion"): Promise<{ provider: SAML; form: Form }> {
    if (element === "Response") {
      const provider = serviceProvider("atlassian");
      return { provider, form: await signIn(provider) };
    }
    const provider = serviceProvider("library", { wantAuthnResponseSigned: false });
    const whole = await signIn(provider);
    return { provider, form: withXml(whole, (xml) => xml.replace(SIGNATURE, "")) };
  }

  test.each(["Response", "Assertion"] as const)(
    "positive control: a signed %s is enough by itself",
    async (element) => {
      const { provider, form } = await signedOnce(element);
      expect(xmlOf(form).match(/<dsig:Signature /g)).toHaveLength(1);
      expect(await profileOf(provider, form)).toBeDefined();
    },
  );

  test.each(WRAPPING_NUMBERS)(
    "signature wrapping %i makes no service believe in the victim",
    async (number) => {
      const element = signedFor(number);
      const { provider, form } = await signedOnce(element);
      const [name, victim] =
        element === "Response" ? [ALIAS, `grace@${stack.aliasDomain}`] : ["ada", "grace"];
      const wrapped = withXml(form, (xml) => wrapSigned(xml, number, name, victim));
      expect(xmlOf(wrapped)).toContain(`>${victim}<`);
      const believed = await profileOf(provider, wrapped).then(
        ({ nameID }) => nameID,
        () => "nobody",
      );
      expect(["nobody", name]).toContain(believed);
    },
  );
});

describe("a request that is not the service's own", () => {
  async function ask(own: Partial<SamlConfig>): Promise<Arrival> {
    const provider = serviceProvider("atlassian", own);
    return new Visitor(stack).open(await provider.getAuthorizeUrlAsync("", undefined, {}));
  }

  test("positive control: its own leads to the login page", async () => {
    expect((await ask({})).page).toContain('id="kc-form-login"');
  });

  test.each([
    ["another consumer address", { callbackUrl: "https://auth.atlassian.test/login/callback" }],
    ["a foreign consumer address", { callbackUrl: "https://evil.test/acs" }],
    ["an unknown entity ID", { issuer: "https://auth.atlassian.test/saml/ffff" }],
  ])("with %s is refused", async (_, own) => {
    const { status, page, leftFor } = await ask(own);
    expect([status, leftFor]).toEqual([400, undefined]);
    expect(textOf(page)).toMatch(/invalid|not found/i);
  });
});

describe("any SAML service", () => {
  test("gets user name, groups and roles in a signed assertion", async () => {
    const provider = serviceProvider("library");
    const form = await signIn(provider);
    const profile = await profileOf(provider, form);
    expect(profile).toMatchObject({ nameID: "ada", Role: "editor" });
    expect(profile.groups).toEqual(expect.arrayContaining(["developers", "editors"]));
    expect(xmlOf(form).match(/<dsig:Signature /g)).toHaveLength(2);
  });
});

describe("single logout", () => {
  /** Logs in to the service, ends the session at the id site, and gives the page shown then. */
  async function signOut(name: "atlassian" | "library"): Promise<Arrival> {
    const visitor = new Visitor(stack);
    await signIn(serviceProvider(name), visitor);
    const confirm = await visitor.open(`${issuer}/protocol/openid-connect/logout`);
    return visitor.submit(formOf(confirm));
  }

  test("reaches a service whose address is set", async () => {
    const form = formOf(await signOut("library"));
    expect(form.action).toBe(SERVICES.library.singleLogoutUrl);
    const { profile } = await serviceProvider("library").validatePostRequestAsync({ ...form.fields });
    expect(profile).toMatchObject({ nameID: "ada", issuer });
  });

  test("leaves Atlassian alone, which has none set", async () => {
    expect((await signOut("atlassian")).page).not.toContain("atlassian.test");
  });

  test("started by the service ends the session at the id site, and is answered", async () => {
    const visitor = new Visitor(stack);
    const provider = serviceProvider("library");
    const profile = await profileOf(provider, await signIn(provider, visitor));
    const form = formOf(await visitor.open(await provider.getLogoutUrlAsync(profile, "", {})));
    expect(form.action).toBe(SERVICES.library.singleLogoutUrl);
    // node-saml looks for InResponseTo in responses to logins only.
    const reader = serviceProvider("library", { validateInResponseTo: ValidateInResponseTo.never });
    expect(await reader.validatePostResponseAsync({ ...form.fields })).toMatchObject({ loggedOut: true });
    const again = await visitor.open(await provider.getAuthorizeUrlAsync("", undefined, {}));
    expect(again.page).toContain('id="kc-form-login"');
  });
});
