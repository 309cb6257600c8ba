import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { inspectImage } from "../../bootstrap/docker.ts";
import { engineAt, runDocker } from "../../automation/engine.ts";

const HOST = "tcp://127.0.0.1:9";

/** Has a stand-in on the PATH that waits, as docker's client does for an engine that takes a connection and no more. */
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "sso-engine-"));
const { PATH: before } = process.env;

beforeAll(() => {
  fs.writeFileSync(path.join(folder, "docker"), "#!/bin/sh\nsleep 2; echo done\n", { mode: 0o755 });
  process.env.PATH = `${folder}:${before ?? ""}`;
});
afterEach(() => {
  jest.restoreAllMocks();
});
afterAll(() => {
  process.env.PATH = before;
  fs.rmSync(folder, { recursive: true });
});

/** Lets time pass sooner for those who wait for an answer. */
function hasten(): jest.SpyInstance<AbortSignal, [number]> {
  const timeout = AbortSignal.timeout.bind(AbortSignal);
  return jest.spyOn(AbortSignal, "timeout").mockImplementation((ms) => timeout(ms / 1000));
}

test.each(["ps --all", "version", "container inspect x", "volume create x"])(
  "an engine that does not answer %s is named",
  async (question) => {
    const limit = hasten();
    const words = question.split(" ");
    const message = `Docker at ${HOST} does not answer within 30 s; there: systemctl status docker`;
    await expect(engineAt(HOST).docker(...words)).rejects.toThrow(`${HOST}: ${message}`);
    await expect(runDocker(HOST, words)).rejects.toThrow(message);
    expect(limit.mock.calls).toEqual([[30_000], [30_000]]);
  },
);

test.each(["exec ps", "volume rm x", "load"])("%s may take its time", async (command) => {
  hasten();
  expect(await runDocker(HOST, command.split(" "))).toBe("done\n");
});

test("bootstrap has no image of an engine that does not answer", async () => {
  jest.useFakeTimers();
  const asking = inspectImage("sso/base:1");
  jest.advanceTimersByTime(10_000);
  jest.useRealTimers();
  expect(await asking).toBeUndefined();
});
