/**
 * A worker that watches the directory that it is sent: it says so, and then
 * sends the events of the first read, with its instance closed.
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
