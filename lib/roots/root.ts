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

/** A path that was given to the watcher, and what is there. */
export class Root {
  /** The path as it was given, for reports. */
  readonly path: string;
  /** The absolute path. */
  readonly absolutePath: string;
  /** Whether to follow the path if it is a symbolic link. */
  readonly followSymlinks: boolean;
  /** The names on which it depends where the path leads. */
  components: readonly PathComponent[] = [];
  /** The directory that is there. */
  directory: RootDirectory | undefined;
  /** The directory of the file that is there, or may come there. */
  parent: FileParent | undefined;
  /** The watch of the file, for changes by another of its names. */
  wd = UNWATCHED;
  /** The events that the watch of the file is expected to repeat, and until when. */
  expectedRepeats = 0;
  repeatedUntil = 0;
  /** The places that were looked at on the way, which mounts may cover. */
  locations: readonly string[] = [];
  /** Whether permissions hide its path; what was there is followed still. */
  isHidden = false;
  /** What could not be watched, and was reported. */
  readonly unwatched = new Set<string>();

  constructor(path: string, absolutePath: string, followSymlinks: boolean) {
    this.path = path;
    this.absolutePath = absolutePath;
    // With a slash at its end, a path is the directory that a link leads to.
    this.followSymlinks = followSymlinks || absolutePath.endsWith("/");
  }

  /** Whether a file is there, as far as it was reported. */
  get isFile(): boolean {
    return this.parent !== undefined && !this.parent.entries.isEmpty;
  }

  /** Whether what is there has a watch, so that its events come anyway. */
  get isWatched(): boolean {
    const wd = this.directory ? this.directory.wd : this.wd;
    return wd !== UNWATCHED && (this.directory !== undefined || this.isFile);
  }
}
