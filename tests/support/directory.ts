import { isThorough } from "./thorough.ts";

/** A directory of a test's own, in the temporary directory of the machine. */
export class TestDirectory implements Disposable {
  readonly path: string;

  /** Makes it in the directory `parent`, if that is given. */
  constructor(parent?: string) {
    const dir = parent === undefined ? {} : { dir: parent };
    this.path = Deno.makeTempDirSync({ prefix: "inotify-test-", ...dir });
  }

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

/**
 * A directory for hundreds of entries or more. It is in memory, because some
 * disks take a millisecond for each; in a thorough run it is on the disk.
 *
 * Programs that may not do everything cannot use it: Deno forbids them what is
 * below `/dev`.
 */
export class LargeDirectory extends TestDirectory {
  constructor() {
    super(isThorough ? undefined : MEMORY);
  }
}

const MEMORY = usableDirectory("/dev/shm");

/** `path` without links, if it is a directory in which one can be made. */
function usableDirectory(path: string): string | undefined {
  try {
    Deno.removeSync(Deno.makeTempDirSync({ dir: path }));
    return Deno.realPathSync(path);
  } catch {
    return undefined;
  }
}
