/** `watch()` as the subject of a storm. */

import { watch } from "../../mod.ts";
import { countAbove } from "../support/process.ts";
import { turn } from "../support/until.ts";
import type { Model } from "./model.ts";
import { PLAIN, type Scenario } from "./scenarios.ts";
import type { Subject } from "./storm.ts";

/** How the subject watches. */
export interface SubjectOptions {
  /** Whether what is there already is to be reported. */
  initial?: boolean;
  /** Whether nothing is pulled until the storm is over. */
  idle?: boolean;
  /** What else there is to the storm. */
  scenario?: Scenario | undefined;
}

/** Watches `root` and applies the events to `model`, and does nothing else. */
export async function startWatch(
  root: string,
  model: Model,
  { initial = false, idle = false, scenario = PLAIN }: SubjectOptions = {},
): Promise<Subject> {
  const watcher = await watch(root, {
    recursive: true,
    initial,
    ...scenario.options,
    ...idle ? { highWaterMark: 1 } : {},
  });
  const marker = `${root}/.marker`;
  let isMarked = false;
  let consuming = idle ? undefined : consume();

  async function consume(): Promise<void> {
    for await (const event of watcher) {
      if (event.path !== marker) model.apply(event);
      else if (event.type === "delete") isMarked = true;
    }
  }

  return {
    async settle() {
      consuming ??= consume();
      isMarked = false;
      await Deno.writeTextFile(marker, "");
      await Deno.remove(marker);
      await watcher.sync();
      // What is in the stream by now is taken from it in this turn.
      await turn();
      if (!isMarked) throw new Error("sync() has resolved too early");
    },
    get watches() {
      return watcher.watchCount - countAbove(root);
    },
    async [Symbol.asyncDispose]() {
      await watcher.close();
      await consuming;
    },
  };
}
