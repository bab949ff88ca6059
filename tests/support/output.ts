/** What a command prints, while it runs and in the end. */

import { decodePath } from "../../lib/kernel/byte_path.ts";

/** What a command did that has ended. */
export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/**
 * One of the streams that a command writes to; bytes that are not UTF-8 stand as
 * `decodePath()` has them.
 */
export class Output {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #bytes = new Uint8Array();

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#reader = stream.getReader();
  }

  /** The next line, without its end. */
  async line(): Promise<string> {
    let end: number;
    while ((end = this.#bytes.indexOf(0x0a)) < 0) {
      if (await this.#read()) continue;
      throw new Error(`Expected a line instead of '${await this.rest()}'`);
    }
    const line = decodePath(this.#bytes, 0, end);
    this.#bytes = this.#bytes.slice(end + 1);
    return line;
  }

  /** The next lines, up to the one that has `text` in it. */
  async linesUntil(text: string): Promise<string[]> {
    const lines = [];
    do lines.push(await this.line()); while (!lines.at(-1)!.includes(text));
    return lines;
  }

  /** What comes with one read. */
  async chunk(): Promise<string> {
    await this.#read();
    return this.#take();
  }

  /** Everything until the end. */
  async rest(): Promise<string> {
    while (await this.#read());
    return this.#take();
  }

  /** Reads no more: the process that writes has no reader left. */
  close(): Promise<void> {
    return this.#reader.cancel();
  }

  #take(): string {
    const text = decodePath(this.#bytes);
    this.#bytes = new Uint8Array();
    return text;
  }

  async #read(): Promise<boolean> {
    const { value, done } = await this.#reader.read();
    if (done) return false;
    const bytes = new Uint8Array(this.#bytes.length + value.length);
    bytes.set(this.#bytes);
    bytes.set(value, this.#bytes.length);
    this.#bytes = bytes;
    return true;
  }
}
