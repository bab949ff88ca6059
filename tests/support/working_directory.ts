/** Makes a directory the working directory, for as long as it is in use. */
export class WorkingDirectory implements Disposable {
  readonly #before = Deno.cwd();

  constructor(path: string) {
    Deno.chdir(path);
  }

  [Symbol.dispose](): void {
    Deno.chdir(this.#before);
  }
}
