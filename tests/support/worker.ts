/**
 * A worker that watches the directory in the first message, and sends a message
 * when it does. Then it sends the events of the first read and closes its instance.
 */

/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />

import { IN, Inotify } from "../../mod.ts";

self.onmessage = async ({ data }: MessageEvent<string>) => {
  await using inotify = new Inotify();
  inotify.addWatch(data, IN.CREATE);
  const waiting = inotify.wait();
  self.postMessage("watching");
  await waiting;
  const events = inotify.read();
  await inotify.close();
  self.postMessage(events);
};
