/** `watch()` as the subject of a storm. */

import { watch } from "../../mod.ts";
import { countAbove } from "../support/process.ts";
import { turn } from "../support/until.ts";
import type { Model } from "./model.ts";
import { PLAIN, type Scenario } from "./scenarios.ts";
import type { Subject } from "./storm.ts";

/** Options of the subject. */
export interface SubjectOptions {
  /** Whether to report existing entries. */
  initial?: boolean;
  /** Whether to pull no event until the storm is over. */
  idle?: boolean;
  /** The scenario of the storm. */
  scenario?: Scenario | undefined;
}

/** Watches `root`, and does nothing except applying the events to `model`. */
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
      // The events that are in the stream now are taken in this turn.
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
