import { execFileSync } from "node:child_process";
import { Lab } from "./lab.ts";

/** A host of our own outside Docker, with two addresses of RFC 2544's range and two of RFC 4193's. */
const namespace = `relay-${process.pid}`;
const link = `vr${process.pid}`;
const net4 = `198.18.${process.pid % 250}.`;
const net6 = `fd53:534f:${(process.pid % 0xffff).toString(16)}::`;
const [near, listed, unlisted] = [`${net4}1`, `${net4}2`, `${net4}3`];
const [near6, listed6, unlisted6] = [`${net6}1`, `${net6}2`, `${net6}3`];

const lab = new Lab({
  publishedOn: [near, `[${near6}]`],
  listed: [`${listed}/32`, `${listed6}/128`],
});

const ip = (...args: string[]): string => execFileSync("ip", args, { encoding: "utf8" });

beforeAll(async () => {
  ip("netns", "add", namespace);
  ip("link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", namespace);
  ip("address", "add", `${near}/24`, "dev", link);
  ip("address", "add", `${near6}/64`, "dev", link, "nodad");
  ip("link", "set", link, "up");
  const inside = (...words: string[]): string => ip("-n", namespace, ...words);
  for (const address of [listed, unlisted]) inside("address", "add", `${address}/24`, "dev", "eth0");
  for (const address of [listed6, unlisted6])
    inside("address", "add", `${address}/64`, "dev", "eth0", "nodad");
  inside("link", "set", "eth0", "up");
  await lab.start();
});
afterAll(() => {
  lab.remove();
  ip("netns", "delete", namespace);
});

/** What the relay says first to a client that comes from this address, through the host's published port. */
function greetingFor(host: string, localAddress: string): string {
  const script = `
    const socket = require("node:net").connect({ port: 25, host: "${host}", localAddress: "${localAddress}" });
    socket.once("data", (line) => { console.log(String(line).trim()); socket.destroy(); });`;
  return ip("netns", "exec", namespace, process.execPath, "-e", script).trim();
}

test.each([
  ["listed", near, listed, /^220 /],
  ["not listed", near, unlisted, /^554 5\.7\.1 <unknown\[198\.18\.\d+\.3\]>: /],
  ["listed, by IPv6", near6, listed6, /^220 /],
  ["not listed, by IPv6", near6, unlisted6, /^554 5\.7\.1 <unknown\[fd53:534f:[0-9a-f]+::3\]>: /],
])("a client from outside that is %s is known by its own address", (_, host, address, greeting) => {
  expect(greetingFor(host, address)).toMatch(greeting);
});
