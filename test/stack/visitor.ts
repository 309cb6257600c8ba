import * as fs from "node:fs";
import type { LookupFunction } from "node:net";
import { Agent, fetch as fetchBy, type Response } from "undici";
import type { SharedStack } from "./shared.ts";

/** `fetch` that finds the stack's domain, and hosts of stand-ins, at the stack's address and trusts its CA alone. */
export function fetchOf(stack: SharedStack, outside: readonly string[] = []): typeof fetchBy {
  const lookup: LookupFunction = (host, options, done) => {
    if (host !== stack.domain && !outside.includes(host))
      done(new Error(`${host} is not the stack's domain`), "");
    else if (options.all === true) done(null, [{ address: stack.address, family: 4 }]);
    else done(null, stack.address, 4);
  };
  const dispatcher = new Agent({ connect: { ca: fs.readFileSync(stack.caFile), lookup } });
  return (url, init) => fetchBy(url, { ...init, dispatcher });
}

/** Where a visitor ended up: on a page of the id site, or on the way to another site. */
export interface Arrival {
  readonly url: string;
  readonly status: number;
  readonly page: string;
  /** Address outside of the id site that the visitor was sent to. */
  readonly leftFor?: URL;
}

/** A form of a page, as a browser would send it. */
export interface Form {
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** A browser as Keycloak's pages see one, without scripts: it keeps cookies and follows redirects on the id site. */
export class Visitor {
  readonly #stack: SharedStack;
  readonly #fetch: typeof fetchBy;
  readonly #cookies = new Map<string, string>();

  public constructor(stack: SharedStack) {
    this.#stack = stack;
    this.#fetch = fetchOf(stack);
  }

  public async open(url: string | URL): Promise<Arrival> {
    return this.#follow(await this.#send(url));
  }

  public async submit({ action, fields }: Form): Promise<Arrival> {
    return this.#follow(await this.#send(action, { method: "POST", body: new URLSearchParams(fields) }));
  }

  /** Opens a login page and logs in there. */
  public async signIn(url: string | URL, username: string, password: string): Promise<Arrival> {
    const { action, fields } = formOf(await this.open(url));
    return this.submit({ action, fields: { ...fields, username, password } });
  }

  async #send(url: string | URL, init: { method?: string; body?: URLSearchParams } = {}): Promise<Response> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await this.#fetch(url, { ...init, headers: { cookie }, redirect: "manual" });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/max-age=0/i.test(line)) this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    return answer;
  }

  async #follow(answer: Response): Promise<Arrival> {
    const { status, url } = answer;
    const location = answer.headers.get("location");
    if (location === null) return { url, status, page: await answer.text() };
    await answer.body?.cancel();
    const next = new URL(location, url);
    if (next.hostname !== this.#stack.domain) return { url, status, page: "", leftFor: next };
    return this.open(next);
  }
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };

const unescaped = (text: string): string =>
  text.replaceAll(/&(amp|lt|gt|quot|#39);/g, (whole, name: string) => ENTITIES[name] ?? whole);

function attributeOf(tag: string, name: string): string | undefined {
  const [, value] = new RegExp(`\\s${name}="([^"]*)"`, "i").exec(tag) ?? [];
  return value === undefined ? undefined : unescaped(value);
}

/** The form of a page that has one. @throws what the page says instead */
export function formOf({ page, url }: Arrival): Form {
  const [form, tag = ""] = /(<form[^>]*>)[\s\S]*?<\/form>/i.exec(page) ?? [];
  if (form === undefined) throw new Error(`no form on the page: ${textOf(page)}`);
  const inputs = [...form.matchAll(/<input[^>]*>/gi)]
    .filter(([input]) => attributeOf(input, "type") !== "checkbox" || /\schecked\b/.test(input))
    .map(([input]) => [
      attributeOf(input, "name"),
      attributeOf(input, "value") ?? (attributeOf(input, "type") === "checkbox" ? "on" : ""),
    ]);
  return {
    action: new URL(attributeOf(tag, "action") ?? "", url).href,
    fields: Object.fromEntries(inputs.filter(([name]) => name !== undefined)) as Record<string, string>,
  };
}

/** What a person reads on a page. */
export function textOf(page: string): string {
  const [body] = /<body[\s\S]*/i.exec(page) ?? [page];
  return unescaped(body.replaceAll(/<(script|style)[\s\S]*?<\/\1>/gi, "").replaceAll(/<[^>]*>/g, " "))
    .replaceAll(/\s+/g, " ")
    .trim();
}
