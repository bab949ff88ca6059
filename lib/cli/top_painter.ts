/** When to draw. */

/** How long a picture stays at least, in milliseconds. */
const INTERVAL = 250;

/**
 * Paints a few times a second while there is something new to see. If there is
 * not, no timer runs.
 */
export class Painter implements AsyncDisposable {
  readonly #paint: () => Promise<boolean>;
  readonly #fail: (error: Error) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #painted = Promise.resolve();
  #isDue = false;
  #earliest = 0;

  /**
   * `paint` resolves to whether the next picture will be another one even if
   * nothing happens; `fail` takes its error, after which it is not called any
   * more.
   */
  constructor(
    paint: () => Promise<boolean>,
    { fail }: { fail: (error: Error) => void },
  ) {
    this.#paint = paint;
    this.#fail = fail;
  }

  /** There is something new. */
  refresh(): void {
    this.#isDue = true;
    this.#timer ??= setTimeout(() => {
      this.#painted = this.#run().catch(this.#fail);
    }, Math.max(0, this.#earliest - performance.now()));
  }

  /** Paints no more; resolves when nothing is being painted. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#painted;
    clearTimeout(this.#timer);
  }

  // The timer counts as set until the picture is out: there is one at a time.
  async #run(): Promise<void> {
    this.#isDue = false;
    this.#earliest = performance.now() + INTERVAL;
    const isMoving = await this.#paint();
    this.#timer = undefined;
    if (isMoving || this.#isDue) this.refresh();
  }
}
