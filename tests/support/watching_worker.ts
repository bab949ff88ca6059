/**
 * A worker that watches the directory in the first message, and sends a message
 * when it does. At the next message it closes the watcher, sends a message, and
 * ends.
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
