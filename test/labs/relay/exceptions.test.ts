import { eventually } from "../../eventually.ts";
import { letter, message } from "./conversation.ts";
import { Lab, SMARTHOST } from "./lab.ts";

const lab = new Lab();
beforeAll(() =>
  lab.start({
    smarthost: { host: "sink.test", port: 1587 },
    exceptions: { domains: ["people.test"], smarthost: SMARTHOST },
  }),
);
afterAll(() => {
  lab.remove();
});

test("mail to an excepted domain leaves by its server, with its login; other mail never does", async () => {
  for (const name of ["refused", "ada"])
    // of refused.test, of people.test
    lab.talk("listed", [message("jira@atlassian.test", `${name}@alias.test`, letter(`to ${name}`))]);
  expect((await lab.arrival("to ada")).to).toEqual(["ada@people.test"]);
  const fault = /to=<refused@refused\.test>.* \(unable to look up host sink\.test/;
  await eventually("the relay has tried the other", () => fault.test(lab.log("postfix")));
  await eventually("the other alone waits", () => {
    const waiting = lab.queue().flatMap(({ recipients }) => recipients.map(({ address }) => address));
    return waiting.join() === "refused@refused.test";
  });
  expect(lab.delivered()).toHaveLength(1);
});
