import type { Event } from "./runner.ts";

/** Seconds after which a step that says nothing is shown to be still at work. */
const HEARTBEAT_SEC = 20;

/** Prints what steps do, with the seconds since the start; nothing while nothing is to be done. */
export class Progress {
  readonly #started = Date.now();
  readonly #print: (line: string) => void;
  /** Last message of each step at work, and when it was shown. */
  readonly #atWork = new Map<string, { message: string; shown: number }>();
  readonly #heartbeat = setInterval(() => {
    this.#beat();
  }, 1000);

  public constructor(print: (line: string) => void) {
    this.#print = print;
  }

  public readonly tell = (event: Event): void => {
    if (event.kind === "done") {
      this.#atWork.delete(event.step);
      this.#show(event.step, `${event.found.version} (${event.found.origin})`);
    } else {
      this.#atWork.set(event.step, { message: event.message, shown: Date.now() });
      this.#show(event.step, `${event.message} …`);
    }
  };

  public stop(): void {
    clearInterval(this.#heartbeat);
  }

  public seconds(): string {
    return ((Date.now() - this.#started) / 1000).toFixed(1);
  }

  #show(step: string, text: string): void {
    this.#print(`${this.seconds().padStart(6)} s  ${step.padEnd(22)} ${text}`);
  }

  #beat(): void {
    for (const [step, state] of this.#atWork) {
      if (Date.now() - state.shown < HEARTBEAT_SEC * 1000) continue;
      state.shown = Date.now();
      this.#show(step, `still at it: ${state.message} …`);
    }
  }
}
