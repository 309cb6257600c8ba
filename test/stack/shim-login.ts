import { loginUrl } from "./authorization.ts";
import { UBUNTU_ONE_HOST } from "./outside.ts";
import type { SharedStack } from "./shared.ts";
import { pageOf } from "./ubuntu-one.ts";
import { type Arrival, fetchOf, type Form, formOf, textOf, type Visitor } from "./visitor.ts";

/** What the stand-in does as a false provider. */
export interface Tampering {
  /** Fields put into the answer before it is signed; null takes one out. */
  readonly fields?: Readonly<Record<string, string | null>>;
  /** Fields that the signature leaves out. */
  readonly unsigned?: readonly string[];
}

/** What the shim tells Keycloak. */
export interface Verdict {
  /** Whether it says that the person is logged in. */
  readonly isSuccess: boolean;
  /** Why not. */
  readonly message: string;
  /** What the person's browser hands on to Keycloak. */
  readonly form: Form;
}

/** A login through the shim, taken step by step by someone who may play the provider too. */
export class ShimLogin {
  readonly #stack: SharedStack;
  readonly #visitor: Visitor;

  public constructor(stack: SharedStack, visitor: Visitor) {
    this.#stack = stack;
    this.#visitor = visitor;
  }

  /** Chooses an identity provider; gives Keycloak's request to the shim. */
  public async request(provider: string): Promise<Form> {
    const url = new URL(loginUrl(this.#stack, "developers"));
    url.searchParams.set("kc_idp_hint", provider);
    return formOf(await this.#visitor.open(url));
  }

  /** Where a provider sends the person who is asked for no OpenID; fails where nobody is sent anywhere. */
  public async leave(provider: string): Promise<URL> {
    return leftFor(await this.#visitor.submit(await this.request(provider)));
  }

  /** Enters an OpenID. */
  public async enter(provider: string, openid: string): Promise<Arrival> {
    const { action, fields } = formOf(await this.#visitor.submit(await this.request(provider)));
    return this.#visitor.submit({ action, fields: { ...fields, openid } });
  }

  /** Has the stand-in approve as a person; gives where it sends the browser. */
  public async approve(asked: URL, name: string, { fields, unsigned }: Tampering = {}): Promise<URL> {
    const approval = new URL(pageOf("/approve"));
    const query = {
      ...Object.fromEntries(asked.searchParams),
      server: asked.pathname,
      name,
      fields: JSON.stringify(fields ?? {}),
      unsigned: (unsigned ?? []).join(","),
    };
    approval.search = String(new URLSearchParams(query));
    const answer = await fetchOf(this.#stack, [UBUNTU_ONE_HOST])(approval, { redirect: "manual" });
    await answer.body?.cancel();
    const location = answer.headers.get("location");
    if (location === null) throw new Error(`the stand-in answered with status ${answer.status}`);
    return new URL(location);
  }

  /** Brings the provider's answer to the shim. */
  public async bring(answer: URL): Promise<Verdict> {
    return verdictOf(await this.#visitor.open(answer));
  }

  /** Hands the shim's word on to Keycloak. */
  public handOn({ form }: Verdict): Promise<Arrival> {
    return this.#visitor.submit(form);
  }
}

/** Where a page sent its visitor. @throws what it says where it did not */
export function leftFor(arrival: Arrival): URL {
  if (arrival.leftFor === undefined) throw new Error(`nobody was sent anywhere: ${textOf(arrival.page)}`);
  return arrival.leftFor;
}

function verdictOf(arrival: Arrival): Verdict {
  const form = formOf(arrival);
  const response = Buffer.from(form.fields.SAMLResponse ?? "", "base64").toString();
  const [, message = ""] = /<samlp:StatusMessage>([^<]*)</.exec(response) ?? [];
  return { isSuccess: response.includes("status:Success"), message, form };
}
