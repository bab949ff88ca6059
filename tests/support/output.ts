/** Reads the output of a command. */

import { decodePath } from "../../lib/kernel/byte_path.ts";

/** The result of a command that has ended. */
export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/**
 * An output stream of a command; bytes that are not UTF-8 become the surrogates of
 * `decodePath()`.
 */
export class Output {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #bytes = new Uint8Array();
  /** Where the part of them begins that was not returned yet. */
  #start = 0;

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#reader = stream.getReader();
  }

  /** Returns the next line, without the newline. */
  async line(): Promise<string> {
    let end: number;
    while ((end = this.#bytes.indexOf(0x0a, this.#start)) < 0) {
      if (await this.#read()) continue;
      throw new Error(`Expected a line instead of '${await this.rest()}'`);
    }
    const line = decodePath(this.#bytes, this.#start, end);
    this.#start = end + 1;
    return line;
  }

  /** Returns the next lines, up to the one that contains `text`. */
  async linesUntil(text: string): Promise<string[]> {
    const lines = [];
    do lines.push(await this.line()); while (!lines.at(-1)!.includes(text));
    return lines;
  }

  /** Returns the result of one read. */
  async chunk(): Promise<string> {
    await this.#read();
    return this.#take();
  }

  /** Returns everything until the end. */
  async rest(): Promise<string> {
    while (await this.#read());
    return this.#take();
  }

  /** Stops reading, so that the process has no reader left. */
  close(): Promise<void> {
    return this.#reader.cancel();
  }

  #take(): string {
    const text = decodePath(this.#bytes, this.#start);
    this.#start = this.#bytes.length;
    return text;
  }

  async #read(): Promise<boolean> {
    const { value, done } = await this.#reader.read();
    if (done) return false;
    const rest = this.#bytes.subarray(this.#start);
    const bytes = new Uint8Array(rest.length + value.length);
    bytes.set(rest);
    bytes.set(value, rest.length);
    [this.#bytes, this.#start] = [bytes, 0];
    return true;
  }
}
