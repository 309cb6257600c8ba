import { TestEnvironment } from "jest-environment-node";
import { SHARED_FILE_VARIABLE } from "../stack/shared.ts";
import { newThrowaway } from "../stack/throwaway.ts";
import { OnDemand } from "./stack.ts";

/** Has a stack on demand for the tests of one file; they find it where others find the shared one. */
export default class OnDemandEnvironment extends TestEnvironment {
  private readonly stack = new OnDemand(newThrowaway());

  public override async setup(): Promise<void> {
    await super.setup();
    this.global.process.env[SHARED_FILE_VARIABLE] = await this.stack.make();
  }

  /** Leaves the host as it was, whatever became of the stack; jest calls it after a set-up that failed too. */
  public override async teardown(): Promise<void> {
    this.stack.remove();
    await super.teardown();
  }
}
