/** What clients say to the relay. */
export const RELAY_PORT = 1025;
export const SUBMISSION_PORT = 1587;

/** What a client holds with the relay, step by step; see client.py. */
export interface Conversation {
  readonly port: number;
  /** @default the relay's IPv4 address */
  readonly host?: string;
  readonly starttls?: boolean;
  readonly login?: readonly [username: string, password: string];
  readonly steps: readonly (string | { readonly raw: string; readonly replies: number })[];
}

/** Conversation by which a client sends one message on port 25. */
export function message(from: string, to: string, content: string): Conversation {
  const raw = Buffer.from(`${content}\r\n.\r\n`, "latin1").toString("base64");
  return {
    port: RELAY_PORT,
    steps: [
      ...["EHLO client.test", `MAIL FROM:<${from}>`, `RCPT TO:<${to}>`, "DATA"],
      { raw, replies: 1 },
      "QUIT",
    ],
  };
}

/** A whole message of this subject. */
export function letter(subject: string, from = "jira@atlassian.test"): string {
  return `From: ${from}\r\nTo: x@alias.test\r\nSubject: ${subject}\r\n\r\nhello`;
}

/** Replies by what they answer: a message goes through MAIL, RCPT, DATA, its end. */
export function repliesOf(replies: readonly string[] | undefined): {
  readonly rcpt: string;
  readonly end: string;
} {
  return { rcpt: replies?.[3] ?? "", end: replies?.[5] ?? "" };
}
