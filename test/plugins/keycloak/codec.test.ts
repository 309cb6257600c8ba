import * as fc from "fast-check";
import * as codecs from "../../../plugins/keycloak/codec.ts";
import { formatDuration, parseDuration } from "../../../plugins/keycloak/duration.ts";

describe("durations", () => {
  test.each([
    ["0s", 0],
    ["5s", 5_000],
    ["1m0s", 60_000],
    ["10h0m0s", 36_000_000],
    ["168h0m0s", 604_800_000],
    ["1.5s", 1_500],
    ["250ms", 250],
    ["-1m0s", -60_000],
  ])("%s is what Go prints for %d ms", (text, milliseconds) => {
    expect(formatDuration(milliseconds)).toBe(text);
    expect(parseDuration(text)).toBe(milliseconds);
  });

  test.each([
    ["0", 0],
    ["1h30m", 5_400_000],
    [".5m", 30_000],
    ["1000us", 1],
  ])("%s is read as Go reads it", (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  test.each(["", "5", "5 m", "m5", "1h-5m", "5d"])("%j is no duration", (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  test("what is printed is read back", () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e12, max: 1e12 }), (milliseconds) => {
        expect(parseDuration(formatDuration(milliseconds))).toBe(milliseconds);
      }),
    );
  });
});

describe("codecs", () => {
  const word = fc.stringMatching(/^[a-z0-9:/.]+$/);
  const pairs = [
    ["quotedFlag", codecs.quotedFlag, fc.boolean()],
    ["quotedInteger", codecs.quotedInteger, fc.integer()],
    ["joined", codecs.joined("##"), fc.array(word)],
    ["jsonList", codecs.jsonList, fc.array(fc.string())],
    ["multiMap", codecs.multiMap, fc.dictionary(word, word)],
    ["seconds", codecs.seconds, fc.integer({ min: 0, max: 1e9 }).map((each) => formatDuration(each * 1000))],
  ] as const;

  test.each(pairs)("%s reads what it writes", (_name, codec, values) => {
    fc.assert(
      fc.property(values as fc.Arbitrary<string>, (value) => {
        expect(codec.decode(codec.encode(value))).toEqual(value);
      }),
    );
  });

  test.each(pairs)("%s reads what was taken away as if it had never been there", (_name, codec) => {
    expect(codec.decode(codec.cleared)).toEqual(codec.decode(undefined));
  });

  test("names stand for terms, and terms without a name for themselves", () => {
    const codec = codecs.named({ ONE: "1" });
    expect([codec.encode("ONE"), codec.encode("urn:x"), codec.decode("1"), codec.decode("urn:x")]).toEqual([
      "1",
      "urn:x",
      "ONE",
      "urn:x",
    ]);
  });
});
