/** A stack on demand for the tests of this folder; it goes by the file of one that itself is never brought up. */
import { run } from "../stack/commands.ts";
import { share } from "../stack/shared.ts";
import {
  openStackOf,
  removeThrowaway,
  settingsOf,
  type Throwaway,
  writeStackFile,
} from "../stack/throwaway.ts";

export class OnDemand {
  private readonly base: Throwaway;
  private readonly name: string;
  private readonly zone: string;

  public constructor(base: Throwaway) {
    this.base = base;
    this.name = base.name.replace("-", "");
    this.zone = `${base.name}.example`;
  }

  private get stack(): Throwaway {
    const domain = `id.${this.name}.${this.zone}`;
    return { ...this.base, name: `od-${this.name}`, domain };
  }

  /**
   * Has `npm run stack` make it, as people do who want to try their service with the whole of staging.
   *
   * @returns the file that tells of it, as `sharedStack` reads it
   * @throws what the command says when it fails
   */
  public async make(): Promise<string> {
    const { address } = this.base;
    const demand = { zone: this.zone, addresses: `${address}/32` };
    writeStackFile(this.base, settingsOf(this.base, { demand }));
    const order = ["new", this.name, "--from", this.base.name, "--address", address];
    const { status, error } = run(["automation/stack.ts", ...order], this.stack);
    if (status !== 0) throw new Error(error);
    const stack = await openStackOf(this.stack);
    // The first alias domain of a stack on demand.
    const aliasDomain = `people.${this.name}.${this.zone}`;
    return share({ ...this.stack, aliasDomain, firstChanges: {} }, await stack.outputs());
  }

  /** Leaves nothing, whatever became of it. */
  public remove(): void {
    removeThrowaway(this.stack);
    removeThrowaway(this.base);
  }
}
