import { letter, message, RELAY_PORT } from "./conversation.ts";
import { Lab } from "./lab.ts";

const SENDER = "jira@atlassian.test";

/** What might end a message for one server and not for the next: RFC 5321 knows CR LF . CR LF only. */
const VARIANTS: Readonly<Record<string, string>> = {
  "LF . LF": "\n.\n",
  "LF . CR LF": "\n.\r\n",
  "CR LF . LF": "\r\n.\n",
  "CR . CR": "\r.\r",
  "CR . CR LF": "\r.\r\n",
  "CR LF . CR": "\r\n.\r",
  "CR . LF": "\r.\n",
  "LF . CR": "\n.\r",
  "CR CR LF . CR LF": "\r\r\n.\r\r\n",
  "LF LF . LF LF": "\n\n.\n\n",
  "CR LF . CR CR LF": "\r\n.\r\r\n",
  "CR LF NUL . CR LF": "\r\n\0.\r\n",
  "CR LF . NUL CR LF": "\r\n.\0\r\n",
  "CR LF . space CR LF": "\r\n. \r\n",
  "CR LF space . CR LF": "\r\n .\r\n",
  "CR LF . tab CR LF": "\r\n.\t\r\n",
  "CR NUL LF . CR NUL LF": "\r\0\n.\r\0\n",
  "LF . LF LF": "\n.\n\n",
  "CR LF .. CR LF": "\r\n..\r\n",
  "VT . VT": "\x0b.\x0b",
  "FF . FF": "\x0c.\x0c",
  "NEL . NEL": "\x85.\x85",
  "LF CR . LF CR": "\n\r.\n\r",
  "CR LF . CR NUL LF": "\r\n.\r\0\n",
};

/** What follows the false end: commands of the smuggler. */
const smuggled = (index: number): string =>
  [
    "MAIL FROM:<boss@alias.test>",
    "RCPT TO:<ada@alias.test>",
    "DATA",
    `Subject: smuggled ${index}`,
    "",
    "gotcha",
    ".",
    "",
  ].join("\r\n");

const lab = new Lab();
let replies: string[][];

beforeAll(async () => {
  await lab.start();
  replies = lab.talk(
    "listed",
    Object.values(VARIANTS).map((variant, index) => ({
      port: RELAY_PORT,
      steps: [
        ...["EHLO client.test", `MAIL FROM:<${SENDER}>`, "RCPT TO:<ada@alias.test>", "DATA"],
        {
          raw: Buffer.from(letter(`carrier ${index}`) + variant + smuggled(index), "latin1").toString(
            "base64",
          ),
          replies: 1,
        },
        "QUIT",
      ],
    })),
  );
});
afterAll(() => {
  lab.remove();
});

const headersOf = (content: string): string => content.split("\r\n\r\n")[0] ?? "";

test.each(Object.keys(VARIANTS).map((name, index) => [name, index] as const))(
  "in: %s ends no message",
  async (_, index) => {
    const [, , , , data, end, quit] = replies[index] ?? [];
    expect(data).toMatch(/^354 /);
    expect(end).toMatch(/^(250 2\.0\.0 Ok: queued|5\d\d )/);
    expect(quit).toMatch(/^(221 |closed)/);
    if (end?.startsWith("250") === true) await lab.arrival(`carrier ${index}`);
    const starts = lab.delivered().map(({ content }) => headersOf(content));
    expect(starts.filter((headers) => headers.includes(`Subject: smuggled ${index}`))).toEqual([]);
  },
);

test("positive control: two real messages are two, and the second would have been seen", async () => {
  lab.talk("listed", [
    message(SENDER, "ada@alias.test", letter("first")),
    message("boss@alias.test", "ada@alias.test", letter("smuggled control")),
  ]);
  await lab.arrival("first");
  expect(headersOf((await lab.arrival("smuggled control")).content)).toContain("Subject: smuggled control");
});

test("out: nothing but CR LF ends a line, whatever came in", () => {
  const contents = lab.delivered().map(({ content }) => content);
  expect(contents.length).toBeGreaterThan(10); // positive control
  expect(contents.filter((content) => /(?<!\r)\n|\r(?!\n)/.test(content))).toEqual([]);
});

test("BDAT, which knows no end of lines, is not offered", () => {
  const [answers] = lab.talk("listed", [{ port: RELAY_PORT, steps: ["EHLO client.test"] }]);
  expect(answers?.[1]).toContain("8BITMIME"); // positive control
  expect(answers?.[1]).not.toContain("CHUNKING");
});
