import { execFileSync } from "node:child_process";
import { Lab } from "./lab.ts";

/** A host of our own outside Docker, with two addresses of RFC 2544's range. */
const namespace = `relay-${process.pid}`;
const link = `vr${process.pid}`;
const net = `198.18.${process.pid % 250}.`;
const [near, listed, unlisted] = [`${net}1`, `${net}2`, `${net}3`];

const lab = new Lab({ publishedOn: near, listed: [`${listed}/32`] });

const ip = (...args: string[]): string => execFileSync("ip", args, { encoding: "utf8" });

beforeAll(async () => {
  ip("netns", "add", namespace);
  ip("link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", namespace);
  ip("addr", "add", `${near}/24`, "dev", link);
  ip("link", "set", link, "up");
  for (const address of [listed, unlisted])
    ip("-n", namespace, "addr", "add", `${address}/24`, "dev", "eth0");
  ip("-n", namespace, "link", "set", "eth0", "up");
  await lab.start();
});
afterAll(() => {
  lab.remove();
  ip("netns", "delete", namespace);
});

/** What the relay says first to a client that comes from this address, through the host's published port. */
function greetingFor(address: string): string {
  const script = `
    const socket = require("node:net").connect({ port: 25, host: "${near}", localAddress: "${address}" });
    socket.once("data", (line) => { console.log(String(line).trim()); socket.destroy(); });`;
  return ip("netns", "exec", namespace, process.execPath, "-e", script).trim();
}

test.each([
  ["listed", listed, /^220 /],
  ["not listed", unlisted, /^554 5\.7\.1 <unknown\[198\.18\.\d+\.3\]>: /],
])("a client from outside that is %s is known by its own address", (_, address, greeting) => {
  expect(greetingFor(address)).toMatch(greeting);
});
