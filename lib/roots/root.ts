/** A path that was given to the watcher. */

import {
  type FileParent,
  type RootDirectory,
  UNWATCHED,
} from "../tree/node.ts";

/** A name in a watched directory; `""` is the file that has the watch itself. */
export interface PathComponent {
  readonly wd: number;
  readonly name: string;
}

/** A path that was given to the watcher, and its state. */
export class Root {
  /** The path as it was given, which is reported. */
  readonly path: string;
  /** The absolute path. */
  readonly absolutePath: string;
  /** Whether to follow the path if it is a symbolic link. */
  readonly followSymlinks: boolean;
  /** The names on which the path depends. */
  components: readonly PathComponent[] = [];
  /** The directory at the path, if there is one. */
  directory: RootDirectory | undefined;
  /** The directory of the file at the path, which may be missing. */
  parent: FileParent | undefined;
  /** The watch of the file, for changes through another of its names. */
  wd = UNWATCHED;
  /** The events that the watch of the file may repeat, and until when. */
  expectedRepeats = 0;
  repeatedUntil = 0;
  /** The places on the path, which mounts may cover. */
  locations: readonly string[] = [];
  /** Whether permissions hide its path. Its file or directory is still followed. */
  isHidden = false;
  /** The paths that were reported as unwatched. */
  readonly unwatched = new Set<string>();

  constructor(path: string, absolutePath: string, followSymlinks: boolean) {
    this.path = path;
    this.absolutePath = absolutePath;
    // A path that ends with a slash is the directory to which a link leads.
    this.followSymlinks = followSymlinks || absolutePath.endsWith("/");
  }

  /** Whether the last report was that a file is at the path. */
  get isFile(): boolean {
    return this.parent !== undefined && !this.parent.entries.isEmpty;
  }

  /** Whether the file or directory has a watch, so that its events are reported. */
  get isWatched(): boolean {
    const wd = this.directory ? this.directory.wd : this.wd;
    return wd !== UNWATCHED && (this.directory !== undefined || this.isFile);
  }
}
