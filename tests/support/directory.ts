import { isThorough } from "./thorough.ts";

/** A temporary directory of a test. */
export class TestDirectory implements Disposable {
  readonly path: string;

  /** Creates it, in the directory `parent` if that is given. */
  constructor(parent?: string) {
    const dir = parent === undefined ? {} : { dir: parent };
    this.path = Deno.makeTempDirSync({ prefix: "inotify-test-", ...dir });
  }

  /** Returns the path of an entry, which may be missing. */
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
      // A plain user cannot delete entries of a directory without these bits.
      new Deno.Command("chmod", { args: ["-R", "u+rwX", this.path] })
        .outputSync();
      Deno.removeSync(this.path, { recursive: true });
    }
  }
}

/**
 * A directory for hundreds of entries or more. It is in memory, because some disks
 * need a millisecond for each entry. In a thorough run it is on the disk.
 *
 * Programs without all permissions cannot use it: Deno denies them everything
 * below `/dev`.
 */
export class LargeDirectory extends TestDirectory {
  constructor() {
    super(isThorough ? undefined : MEMORY);
  }
}

const MEMORY = usableDirectory("/dev/shm");

/** Returns `path` without links, if directories can be created in it. */
function usableDirectory(path: string): string | undefined {
  try {
    Deno.removeSync(Deno.makeTempDirSync({ dir: path }));
    return Deno.realPathSync(path);
  } catch {
    return undefined;
  }
}
