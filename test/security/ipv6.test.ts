import { execFileSync } from "node:child_process";
import * as dns from "node:dns/promises";
import { once } from "node:events";
import * as fs from "node:fs";
import * as https from "node:https";
import type { IncomingMessage } from "node:http";
import * as net from "node:net";
import { Naming } from "../../components/host/naming.ts";
import { eventually } from "../eventually.ts";
import { sharedStack } from "../stack/shared.ts";

const stack = sharedStack();
const { address6, domain } = stack;

/** Addresses of those who asked for a path, as nginx noted them. */
function clientsOf(path: string): string[] {
  const log = execFileSync("docker", ["logs", new Naming(stack.name).of("nginx")], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const lines = log.split("\n").filter((line) => line.startsWith("{"));
  const entries = lines.map((line) => JSON.parse(line) as { client: string; path: string });
  return entries.filter((entry) => entry.path === path).map(({ client }) => client);
}

test("the id site is there by IPv6, and knows who asks", async () => {
  const path = "/asked-by-ipv6";
  const request = https.get({
    ...{ host: address6, path, servername: domain, ca: fs.readFileSync(stack.caFile) },
    headers: { host: domain },
    agent: false,
  });
  const [response] = (await once(request, "response")) as [IncomingMessage];
  response.resume();
  expect(response.statusCode).toBe(404);
  expect(response.headers["strict-transport-security"]).toBeDefined();
  await once(response, "end");
  await eventually("the request is in the log", () => clientsOf(path).length > 0);
  expect(clientsOf(path)).toEqual([address6]); // this machine's own address, not the engine's
});

test("the relay is there by IPv6, and refuses who is not listed by their own address", async () => {
  const socket = net.connect(25, address6);
  const [greeting] = (await once(socket, "data")) as [Buffer];
  socket.destroy();
  expect(greeting.toString()).toMatch(/^554 5\.7\.1 /);
  expect(greeting.toString()).toContain(`[${address6}]`);
});

test("the name server is there by IPv6, and gives the id site's address", async () => {
  const resolver = new dns.Resolver({ timeout: 3000, tries: 2 });
  resolver.setServers([`[${address6}]:53`]);
  expect(await resolver.resolve6(domain)).toEqual([address6]);
});
