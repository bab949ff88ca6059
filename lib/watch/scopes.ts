/** How deep a given path is watched, and what is filtered below it. */

import type { BasePaths } from "../roots/base_paths.ts";
import type { TreeScope } from "../tree/node.ts";
import type { PathTest } from "./filter.ts";

/** How deep a given path is watched, and what is filtered below it. */
export interface Scope extends TreeScope {
  /** Which entries to report; all if undefined. */
  readonly includes: PathTest | undefined;
}

/** The scope of each given path. */
export class Scopes {
  readonly #default: Scope;
  readonly #basePaths: BasePaths;
  readonly #own = new Map<string, Scope>();

  constructor(scope: Scope, basePaths: BasePaths) {
    this.#default = scope;
    this.#basePaths = basePaths;
  }

  /** Gives `path` the scope. */
  set(path: string, scope: Scope): void {
    const key = this.#basePaths.keyOf(path);
    if (scope === this.#default) this.#own.delete(key);
    else this.#own.set(key, scope);
  }

  /** Returns the scope of a given path. */
  of(path: string): Scope {
    return this.#own.get(this.#basePaths.keyOf(path)) ?? this.#default;
  }

  /** Returns the scope of the given path that `path` lies in. */
  around(path: string): Scope {
    if (this.#own.size === 0) return this.#default;
    const base = this.#basePaths.baseOf(path);
    return base === undefined ? this.#default : this.of(base);
  }
}
