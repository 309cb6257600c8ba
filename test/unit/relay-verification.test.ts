import { once } from "node:events";
import * as net from "node:net";
import { faultOf, hiddenAs } from "../../components/postfix/verification.ts";

/** A server that says one line to whoever comes. */
async function greeting(line: string, work: (port: number) => Promise<void>): Promise<void> {
  const server = net.createServer((socket) => socket.end(line)).listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    await work((server.address() as net.AddressInfo).port);
  } finally {
    server.close();
  }
}

test("a relay that refuses this machine is in order", async () => {
  await greeting("554 5.7.1 <unknown[192.0.2.1]>: Client host rejected: Access denied\r\n", async (port) => {
    expect(await faultOf("127.0.0.1", port)).toBeUndefined();
  });
});

test("one that lets it in is not", async () => {
  await greeting("220 mx.example.org ESMTP\r\n", async (port) => {
    expect(await faultOf("127.0.0.1", port)).toEqual({
      isFatal: true,
      message:
        `relay at 127.0.0.1, port ${port}: it lets this machine in, which is no listed sender: 220 mx.example.org ESMTP; ` +
        "list fewer networks in relay.senders, or have the engine keep its clients' addresses",
    });
  });
});

test("one that is not reached is worth a warning", async () => {
  let free = 0;
  await greeting("", (port) => Promise.resolve(void (free = port)));
  expect(await faultOf("127.0.0.1", free)).toEqual({
    isFatal: false,
    message: expect.stringMatching(
      /^relay at 127\.0\.0\.1, port \d+: not reached from here \((Error: )?connect ECONNREFUSED/,
    ) as string,
  });
});

test.each([
  ["192.0.2.10", "172.18.0.1", "172.18.0.1"],
  ["2001:db8::10", "fd00::1", "fd00::1"],
  ["192.0.2.10", "198.51.100.7", undefined], // somebody who has come from outside
  ["192.0.2.10", "10.1.2.3", undefined], // somebody in the operator's own network
  ["10.0.0.5", "10.0.0.9", undefined], // a relay of an internal address, as in a lab
  ["127.0.0.1", "172.18.0.1", undefined],
])("a relay at %s that takes its client for %s: hidden as %s", (address, client, expected) => {
  const greeting = `554 5.7.1 <unknown[${client}]>: Client host rejected: Access denied`;
  expect(hiddenAs(greeting, address)).toBe(expected);
});
