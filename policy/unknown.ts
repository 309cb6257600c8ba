import * as sdk from "@pulumi/policy";

/** The typings of `@pulumi/policy` announce these and leave them out. */
const { unknownCheckingProxy, UnknownValueError } = sdk as unknown as {
  /** Inputs of which those throw, when they are read, that are known only after an update. */
  readonly unknownCheckingProxy: <Inputs extends object>(inputs: Inputs) => Inputs;
  readonly UnknownValueError: new (...args: never[]) => Error;
};

export { unknownCheckingProxy };

/** A value, or `undefined` while it is known only after an update. */
export function ifKnown<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof UnknownValueError) return undefined;
    throw error;
  }
}
