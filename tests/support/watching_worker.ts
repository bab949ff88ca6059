/**
 * A worker that watches the directory that it is sent, and says so; whatever it
 * is sent next, it closes the watcher, says so, and ends.
 */

/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />

import { watch } from "../../mod.ts";

self.onmessage = async ({ data }: MessageEvent<string>) => {
  const watcher = await watch(data, { recursive: true });
  const iterating = Array.fromAsync(watcher);
  self.onmessage = async () => {
    await watcher.close();
    await iterating;
    self.postMessage("closed");
    self.close();
  };
  self.postMessage("watching");
};
