import { constants } from "node:os";

/** A failure an operator can mend; its message names the thing and the remedy. */
export class OperatorError extends Error {
  public constructor(message: string) {
    super(message);
    this.name = "OperatorError";
  }
}

/** One that came before anything was changed. */
export class UntouchedError extends OperatorError {}

/** One because a signal interrupted what was done, which has ended in good order. */
export class InterruptedError extends OperatorError {
  public readonly signal: "SIGINT" | "SIGTERM";

  public constructor(signal: "SIGINT" | "SIGTERM", message: string) {
    super(message);
    this.signal = signal;
  }
}

/**
 * Runs a command's main function and ends the process with 1 when it fails, or as shells do after a signal: an operator's
 * mistake with its one message, anything else with its stack.
 */
export async function runCommand(main: () => Promise<void> | void): Promise<void> {
  try {
    await main();
  } catch (error) {
    process.exitCode = error instanceof InterruptedError ? 128 + constants.signals[error.signal] : 1;
    const text =
      error instanceof OperatorError ? error.message : error instanceof Error ? error.stack : String(error);
    console.error(`error: ${text}`);
  }
}
