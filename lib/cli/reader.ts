/** Who reads standard output. */

import { readLink } from "../files.ts";
import { Libc } from "../libc.ts";
import { Poller } from "../poller.ts";

const STDOUT = 1;

/**
 * Calls `gone` once nobody reads the pipe or socket any more that standard
 * output is, if it is one.
 */
export function onReaderGone(gone: () => void): AsyncDisposable {
  const listening = new AsyncDisposableStack();
  if (!isStream()) return listening;
  const poller = Poller.acquire(STDOUT);
  listening.defer(() => poller.release(STDOUT));
  poller.hangup(STDOUT).then(() => {
    if (!listening.disposed) gone();
  });
  return listening;
}

/** Not for a FIFO with a name: a reader may come back to that. */
function isStream(): boolean {
  using libc = Libc.acquire();
  try {
    return /^(pipe|socket):/.test(readLink(`/proc/self/fd/${STDOUT}`, libc));
  } catch {
    // Without a /proc, the next write has to tell.
    return false;
  }
}
