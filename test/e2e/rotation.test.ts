import * as fs from "node:fs";
import { readOutputs } from "../../automation/outputs.ts";
import { type Ended, run } from "../stack/commands.ts";
import { COMMUNITY } from "../stack/services.ts";
import { openShared, sharedStack } from "../stack/shared.ts";
import { lockState } from "../stack/state-lock.ts";
import { stackFileOf } from "../stack/throwaway.ts";
import { prepareAda } from "./ada.ts";
import { type Login, loginOf, logIn } from "./relying-party.ts";

const SERVICE = "rotated";
const COMMENT = "# what an operator wrote";

const stack = sharedStack();
const old = loginOf(SERVICE);

beforeAll(async () => {
  await prepareAda(stack);
  fs.appendFileSync(stackFileOf(stack), `${COMMENT}\n`);
});

/** `npm run services -- rotate` without the bootstrap. */
const rotate = (...words: string[]): Ended =>
  run(["automation/services.ts", "rotate", SERVICE, stack.name, ...words], stack);

async function logins(): Promise<readonly Login[]> {
  const { realms } = readOutputs(stack.name, await (await openShared()).outputs());
  return realms[COMMUNITY]?.services[SERVICE] ?? [];
}

/** User name that a login of the service gives. */
async function userOf(login: Login): Promise<unknown> {
  return (await logIn(SERVICE, login)).claims()?.preferred_username;
}

async function changesOfUp(): Promise<string[]> {
  const { summary } = await (await openShared()).up();
  return Object.keys(summary.resourceChanges ?? {});
}

test("before, the one login is good, and there is nothing to finish", async () => {
  expect(await userOf(old)).toBe("ada");
  expect(rotate("--finish")).toMatchObject({
    status: 1,
    error: expect.stringContaining(`service ${SERVICE} is not being rotated`) as string,
  });
});

test("a rotation whose up fails shows no login as the new one, and is not finished", () => {
  const unlock = lockState(stack, stack.name);
  try {
    expect(rotate()).toMatchObject({ status: 1, error: expect.stringContaining("another update") as string });
  } finally {
    unlock();
  }
  for (const ended of [
    run(["automation/services.ts", "show", SERVICE, stack.name], stack),
    rotate("--finish"),
  ])
    expect(ended).toMatchObject({ status: 1, error: expect.stringContaining("is not up yet") as string });
});

describe("once it has begun", () => {
  test("the new login is printed, without its secret", async () => {
    const { status, output } = rotate();
    expect(status).toBe(0);
    expect(output).toContain(`client ID: ${SERVICE}.2\nclient secret: SECRET\n`);
    expect(output).toContain(
      `npm run services -- rotate ${SERVICE} ${stack.name} --realm ${COMMUNITY} --finish`,
    );
    const [first, second, ...others] = await logins();
    expect(first).toEqual(old);
    expect(others).toEqual([]);
    expect(second?.clientSecret).toMatch(/^[A-Za-z0-9]{48}$/);
    expect(second?.clientSecret).not.toBe(old.clientSecret);
    expect(output).not.toContain(second?.clientSecret);
  });

  test("both logins are good", async () => {
    for (const login of await logins()) expect(await userOf(login)).toBe("ada");
  });

  test("a second up changes nothing, and a second rotation is refused", async () => {
    expect(await changesOfUp()).toEqual(["same"]);
    expect(rotate()).toMatchObject({
      status: 1,
      error: expect.stringContaining(`service ${SERVICE} is being rotated already`) as string,
    });
  });
});

describe("once it is finished", () => {
  test("only the new login is good", async () => {
    const [, next] = await logins();
    expect(rotate("--finish")).toMatchObject({ status: 0 });
    expect(await logins()).toEqual([next]);
    expect(await userOf(next ?? old)).toBe("ada");
    await expect(logIn(SERVICE, old)).rejects.toThrow(/client not found/i);
  });

  test("a second up changes nothing, and the stack file keeps its comments", async () => {
    expect(await changesOfUp()).toEqual(["same"]);
    expect(fs.readFileSync(stackFileOf(stack), "utf8")).toContain(COMMENT);
  });
});
