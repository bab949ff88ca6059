/** A directory of a test's own, in the temporary directory of the machine. */
export class TestDirectory implements Disposable {
  readonly path = Deno.makeTempDirSync({ prefix: "inotify-test-" });

  /** The path of an entry, which need not exist. */
  at(name: string): string {
    return `${this.path}/${name}`;
  }

  /** Creates an empty file and returns its path. */
  file(name: string): string {
    const path = this.at(name);
    Deno.writeTextFileSync(path, "");
    return path;
  }

  /** Creates a directory and returns its path. */
  directory(name: string): string {
    const path = this.at(name);
    Deno.mkdirSync(path);
    return path;
  }

  [Symbol.dispose](): void {
    try {
      Deno.removeSync(this.path, { recursive: true });
    } catch (error) {
      if (!(error instanceof Deno.errors.PermissionDenied)) throw error;
      // A plain user can remove nothing from a directory without these bits.
      new Deno.Command("chmod", { args: ["-R", "u+rwX", this.path] })
        .outputSync();
      Deno.removeSync(this.path, { recursive: true });
    }
  }
}
