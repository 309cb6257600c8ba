import type * as automation from "@pulumi/pulumi/automation/index.js";
import { findService } from "../../automation/find-service.ts";
import { beginRotation, finishRotation } from "../../automation/rotate-service.ts";
import { parseSettings } from "../../components/settings/parse.ts";

const BASE = {
  domain: "id.example-id.org",
  host: { bindAddress: "192.0.2.10" },
  openldap: { suffix: "dc=example,dc=org" },
  realms: ["first", "second"].map((name) => ({
    kind: "directory",
    name,
    displayName: name,
    services: [
      { preset: "gitea", name: "git", url: "https://git.example.org" },
      { preset: "gerrit", name: "review", url: "https://review.example.org" },
    ],
  })),
};

/** What Pulumi would be asked to write into the stack's file, whose values are these. */
class FakeStack {
  public readonly name = "staging";
  public readonly written: Record<string, string> = {};
  public readonly removed: string[] = [];
  private readonly own: Readonly<Record<string, unknown>>;

  public constructor(own: Readonly<Record<string, unknown>>) {
    this.own = own;
  }

  public getAllConfig(): Promise<automation.ConfigMap> {
    const values = Object.entries(this.own).map(([key, value]) => [
      `sso:${key}`,
      { value: JSON.stringify(value) },
    ]);
    return Promise.resolve(Object.fromEntries(values) as automation.ConfigMap);
  }

  public setAllConfig(config: automation.ConfigMap): Promise<void> {
    for (const [key, { value }] of Object.entries(config)) this.written[key] = value;
    return Promise.resolve();
  }

  public removeConfig(key: string): Promise<void> {
    this.removed.push(key);
    return Promise.resolve();
  }
}

const DERIVED = {
  from: "production",
  rename: { "example-id.org": "stg.example-id.org" },
  host: { bindAddress: "192.0.2.20" },
};

function stackOf(own: Readonly<Record<string, unknown>>): {
  stack: automation.Stack;
  fake: FakeStack;
  found: ReturnType<typeof findService>;
} {
  const fake = new FakeStack(own);
  const settings = parseSettings("staging", own, () => BASE);
  return {
    fake,
    stack: fake as unknown as automation.Stack,
    found: findService(settings, "review", "second"),
  };
}

test("in a file of its own, the service's place is where the list has it", async () => {
  const { stack, fake, found } = stackOf(BASE);
  await beginRotation(stack, found, ["review"]);
  expect(fake.written).toEqual({
    "sso:realms[1].services[1].generations[0]": "1",
    "sso:realms[1].services[1].generations[1]": "2",
  });
});

test("in a file that goes by another one and says nothing of the service, it is named", async () => {
  const { stack, fake, found } = stackOf(DERIVED);
  await beginRotation(stack, found, ["review"]);
  expect(fake.written).toEqual({
    "sso:realms[0].name": "second",
    "sso:realms[0].services[0].name": "review",
    "sso:realms[0].services[0].generations[0]": "1",
    "sso:realms[0].services[0].generations[1]": "2",
  });
});

test("where such a file says something of it already, that is its place", async () => {
  const services = [{ name: "git" }, { name: "review", generations: [1, 2] }];
  const { stack, fake, found } = stackOf({ ...DERIVED, realms: [{ name: "second", services }] });
  await finishRotation(stack, found, ["review", "review.2"]);
  expect(fake.removed).toEqual(["sso:realms[0].services[1].generations[0]"]);
});

test("a rotation that the other file began is finished there", async () => {
  const { stack, found } = stackOf(DERIVED);
  const rotating = { ...found, service: { ...found.service, generations: [1, 2] } };
  await expect(finishRotation(stack, rotating as typeof found, ["review", "review.2"])).rejects.toThrow(
    "service review is being rotated by the file that Pulumi.staging.yaml is from; finish it there",
  );
});

describe("after an up that was cut off", () => {
  const rotating = (generations: number[]): ReturnType<typeof stackOf> => {
    const made = stackOf(BASE);
    const service = { ...made.found.service, generations } as typeof made.found.service;
    return { ...made, found: { ...made.found, service } };
  };

  test("a rotation that the file has begun is begun once", async () => {
    const { stack, fake, found } = rotating([1, 2]);
    await beginRotation(stack, found, ["review"]);
    expect(fake.written).toEqual({});
    await expect(beginRotation(stack, found, ["review", "review.2"])).rejects.toThrow(
      "service review is being rotated already",
    );
  });

  test("none is finished whose new login is not up, or the service would be locked out", async () => {
    const { stack, fake, found } = rotating([1, 2]);
    await expect(finishRotation(stack, found, ["review"])).rejects.toThrow(
      "the new login of service review is not up yet, so it cannot use it; run: npm run services -- rotate review",
    );
    expect(fake.removed).toEqual([]);
  });

  test("one that the file has finished is finished once", async () => {
    const { stack, fake, found } = rotating([2]);
    await finishRotation(stack, found, ["review", "review.2"]);
    expect(fake.removed).toEqual([]);
    await expect(finishRotation(stack, found, ["review.2"])).rejects.toThrow("is not being rotated");
  });
});
