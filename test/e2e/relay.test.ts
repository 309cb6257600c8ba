import { once } from "node:events";
import * as net from "node:net";
import { Naming } from "../../components/host/naming.ts";
import { faultOf } from "../../components/postfix/verification.ts";
import { admitKnown, onHostIn } from "../stack/clients.ts";
import { outputOf } from "../stack/commands.ts";
import { docker } from "../stack/containers.ts";
import { valuesOf } from "../stack/directory.ts";
import { grantByPassword } from "../stack/grant.ts";
import { adminApi } from "../stack/keycloak.ts";
import { newMailTo } from "../stack/mailbox.ts";
import { newPerson, PASSWORD } from "../stack/people.ts";
import { sharedStack } from "../stack/shared.ts";

const stack = sharedStack();
const naming = new Naming(stack.name);
const REALM = "community";
const RELAY_PORT = 1025;

/** Prints what the relay says to a message, once it has been refused or taken. */
const SEND = `
import smtplib, sys
recipient, subject = sys.argv[1:]
text = f"From: jira@atlassian.test\\r\\nTo: {recipient}\\r\\nSubject: {subject}\\r\\n\\r\\nhello"
try:
    with smtplib.SMTP("postfix", ${RELAY_PORT}, timeout=30) as relay:
        relay.sendmail("jira@atlassian.test", [recipient], text)
    print("taken")
except smtplib.SMTPRecipientsRefused as error:
    print(*error.recipients[recipient])
except smtplib.SMTPResponseException as error:
    print(error.smtp_code, error.smtp_error)
`;

/** Sends mail from a host of this network. */
const send = (network: "known" | "edge", recipient: string, subject: string): string =>
  onHostIn(network, stack, SEND, recipient, subject);

const accounts = (...words: string[]): string =>
  outputOf(["automation/accounts.ts", ...words, "--stack", stack.name], stack);

const lockOf = (username: string): string[] => valuesOf(stack, username, "pwdAccountLockedTime");

let remove: () => void;

beforeAll(async () => {
  remove = admitKnown(stack, "postfix");
  await newPerson(adminApi(stack), REALM, "hal");
});
afterAll(() => {
  remove();
});

test("mail of a listed sender to a new account's alias reaches the account's address", async () => {
  expect(send("known", `hal@${stack.aliasDomain}`, "You were mentioned")).toBe("taken");
  expect(await newMailTo("hal@people.test")).toMatchObject({
    subject: "You were mentioned",
    text: "hello\n",
  });
});

test("a spam label stops it", () => {
  accounts("spam", "hal", "--reason", "sells watches");
  expect(send("known", `hal@${stack.aliasDomain}`, "More")).toMatch(/^550 .*5\.1\.1/);
  accounts("unspam", "hal");
  expect(send("known", `hal@${stack.aliasDomain}`, "Again")).toBe("taken");
});

test("so does an administrator who disables the account, and the directory says so too", async () => {
  const api = adminApi(stack);
  const [hal] = await api.get<{ id: string }[]>(`/${REALM}/users?exact=true&username=hal`);
  const enable = (enabled: boolean): Promise<void> => api.put(`/${REALM}/users/${hal?.id}`, { enabled });
  await enable(false);
  const value = `${PASSWORD}, new`;
  // The usual second step.
  await api.put(`/${REALM}/users/${hal?.id}/reset-password`, { type: "password", value, temporary: false });
  expect(lockOf("hal")).toEqual(["000001010000Z"]);
  expect(send("known", `hal@${stack.aliasDomain}`, "More")).toMatch(/^550 .*5\.1\.1/);
  expect((await grantByPassword(stack, REALM, "hal", value)).status).not.toBe(200);
  await enable(true);
  expect(lockOf("hal")).toEqual([]);
  expect(send("known", `hal@${stack.aliasDomain}`, "Again")).toBe("taken");
  expect((await grantByPassword(stack, REALM, "hal", value)).status).toBe(200);
});

test.each([`nobody@${stack.aliasDomain}`, "hal@people.test"])(
  "a listed sender does not reach %s",
  (recipient) => {
    expect(send("known", recipient, "To nobody")).toMatch(/^5(50|54) .*5\.(1|7)\.1/);
  },
);

test("others are refused: hosts of the stack's own networks, and this machine, as up has seen", async () => {
  expect(send("edge", `hal@${stack.aliasDomain}`, "From elsewhere")).toMatch(/^554 .*5\.7\.1/);
  const socket = net.connect(25, stack.address);
  const [greeting] = (await once(socket, "data")) as [Buffer];
  socket.destroy();
  expect(greeting.toString()).toMatch(/^554 5\.7\.1 /);
  expect(await faultOf(stack.address, 25)).toBeUndefined();
});

test("mail of the stack's own is signed for its domain", async () => {
  const api = adminApi(stack);
  const id = await newPerson(api, REALM, "iris"); // to whom no other mail goes
  await api.put(`/${REALM}/users/${id}/execute-actions-email`, ["UPDATE_PASSWORD"]);
  await newMailTo("iris@people.test");
  const script =
    "cd /var/mail-sink/Maildir/new && cat $(grep --files-with-matches --line-regexp 'Delivered-To: iris@people.test' *)";
  const mail = docker("exec", "--user", "7050", naming.of("mail-sink"), "sh", "-c", script);
  expect(mail).toMatch(
    new RegExp(`^DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;\\s+d=${stack.domain};`, "m"),
  );
});
