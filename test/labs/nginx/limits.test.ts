import { Lab, LOGINS_PER_MINUTE, type Order } from "./lab.ts";

const lab = new Lab();
beforeAll(() => lab.start());
afterAll(() => {
  lab.remove();
});

const REALM = "/realms/community";
const ATTEMPT = ["POST", `${REALM}/login-actions/authenticate`] as const;
const PAGE = ["GET", `${REALM}/account/`] as const;
const TOKEN = ["POST", `${REALM}/protocol/openid-connect/token`] as const;
const SLASHED = ["POST", `${REALM}/protocol/openid-connect/token/`] as const;
const ENTER = ["POST", "/shim/enter.php?state=x"] as const;
const SLOW = ["POST", "/shim/enter.php?seconds=6"] as const;

const inTurn = (request: Order["request"], times: number): Order => ({ request, times, way: "in turn" });
const atOnce = (request: Order["request"], times: number): Order => ({ request, times, way: "at once" });

const count = (statuses: readonly number[] = [], status = 200): number =>
  statuses.filter((each) => each === status).length;

describe("one client", () => {
  test.each([
    { what: "attempts to log in", request: ATTEMPT, host: 10, burst: LOGINS_PER_MINUTE / 2 },
    { what: "steps through the shim", request: ENTER, host: 11, burst: LOGINS_PER_MINUTE / 2 },
    { what: "requests for tokens", request: TOKEN, host: 12, burst: 5 * LOGINS_PER_MINUTE },
    {
      what: "those with a slash",
      request: SLASHED,
      host: 19,
      burst: 5 * LOGINS_PER_MINUTE,
    },
  ])("has a share of $what, and can still read", ({ request, host, burst }) => {
    const times = 3 * burst;
    const [tried = [], read] = lab.clientV4(host, [inTurn(request, times), inTurn(PAGE, 5)]);
    expect(count(tried.slice(0, burst + 1))).toBe(burst + 1);
    expect(count(tried, 429)).toBeGreaterThan(0);
    expect(count(tried) + count(tried, 429)).toBe(times);
    expect(count(read)).toBe(5);
  });

  test("whose share of logins is used up gets tokens, as the services of one machine do", () => {
    const [tried, tokens] = lab.clientV4(13, [inTurn(ATTEMPT, 20), inTurn(TOKEN, 20)]);
    expect(count(tried, 429)).toBeGreaterThan(0); // positive control
    expect(count(tokens)).toBe(20);
  });

  test("keeps three workers of the shim busy, not all of them", () => {
    const [statuses] = lab.clientV4(14, [atOnce(SLOW, 6)]);
    expect([count(statuses), count(statuses, 429)]).toEqual([3, 3]);
  });

  test("keeps no more of them busy by leaving before it is answered", () => {
    const leaves: Order = { request: SLOW, times: 3, way: "and leave" };
    const [, statuses] = lab.clientV4(15, [leaves, inTurn(ENTER, 1)]);
    expect(statuses).toEqual([429]);
  });

  test("loads what a page of the shim needs beside that", () => {
    const [, statuses] = lab.clientV4(16, [
      { request: SLOW, times: 3, way: "and leave" },
      atOnce(["GET", "/shim/style.css?seconds=1"], 6),
    ]);
    expect(count(statuses)).toBe(6);
  });

  test("has two hundred requests answered at a time", () => {
    const [statuses] = lab.clientV4(17, [atOnce(["GET", `${PAGE[1]}?seconds=10`], 210)]);
    expect([count(statuses), count(statuses, 429)]).toEqual([200, 10]);
  });
});

describe("by IPv6", () => {
  test("the limits are those of a /64, whatever address of it is used", () => {
    const [first] = lab.clientV6("1", ":a", [inTurn(ATTEMPT, 20)]);
    expect(count(first, 429)).toBeGreaterThan(0);
    // A share of its own would let all of them through; of this one, one becomes free every five seconds.
    const [neighbour] = lab.clientV6("1", "ffff:1:2:b", [inTurn(ATTEMPT, 4)]);
    expect(count(neighbour, 429)).toBeGreaterThan(0);
    const [other] = lab.clientV6("2", ":a", [inTurn(ATTEMPT, 1)]);
    expect(other).toEqual([200]); // positive control: of another /64
  });
});

test("who begins a request and sends no more keeps no connection", () => {
  const [[seconds = 0] = []] = lab.clientV4(18, [{ request: PAGE, times: 1, way: "in part" }]);
  expect(seconds).toBeLessThan(20); // nginx itself would wait for a minute
});
