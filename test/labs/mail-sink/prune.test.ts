import { docker } from "../../stack/containers.ts";
import { exec, removeAll } from "../engine.ts";

const PREFIX = `sink-test-${process.pid}`;
const SINK = `${PREFIX}-sink`;
const IMAGE = "sso-test/sink";
const MAILDIR = "/var/mail-sink/Maildir/new";
const UID = 7050;

const inside = (line: string): string => exec(SINK, ["bash", "-ec", line]);

/** Names of the messages that are there, oldest first. */
const messages = (): string[] => inside(`ls -tr ${MAILDIR}`).split("\n").slice(0, -1);

beforeAll(() => {
  docker("build", "--quiet", "--tag", IMAGE, "components/mail-sink/image");
  docker(
    ...["run", "--detach", "--init", "--name", SINK, "--network", "none", "--user", `${UID}:${UID}`],
    ...["--read-only", "--tmpfs", `/var/mail-sink:rw,size=96m,mode=0700,uid=${UID},gid=${UID}`],
    ...["--entrypoint", "sleep", IMAGE, "infinity"],
  );
  inside(`mkdir -p ${MAILDIR}`);
});

afterAll(() => {
  removeAll(PREFIX);
});

beforeEach(() => {
  inside(`find ${MAILDIR} -type f -delete`);
});

/** Puts messages there, each a second older than the next. */
function fill(count: number, mebibytes: number): void {
  inside(
    `for n in {1..${count}}; do truncate -s ${mebibytes}M ${MAILDIR}/$n; touch -d @$((1700000000 + n)) ${MAILDIR}/$n; done`,
  );
}

test("of many messages the newest thousand stay", () => {
  fill(1003, 0);
  expect(messages()).toHaveLength(1003); // control
  inside("prune");
  expect(messages()).toEqual(Array.from({ length: 1000 }, (_, index) => String(index + 4)));
});

test("of large messages the newest 32 MiB stay", () => {
  fill(5, 10);
  inside("prune");
  expect(messages()).toEqual(["3", "4", "5"]);
});

test("the newest message stays, whatever its size", () => {
  fill(2, 40);
  inside("prune");
  expect(messages()).toEqual(["2"]);
});
