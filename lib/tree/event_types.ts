/** The kinds of event, and the bits with which the kernel reports them. */

import { IN } from "../kernel/mask.ts";
import type { EntryEventType, WatchEventType } from "./watch_event.ts";

// The kinds that leave an entry in place, lowest bit first. An event with several
// of these bits is reported in this order.
const CONTENT_BITS = {
  access: IN.ACCESS,
  modify: IN.MODIFY,
  attrib: IN.ATTRIB,
  close_write: IN.CLOSE_WRITE,
  close_nowrite: IN.CLOSE_NOWRITE,
  open: IN.OPEN,
};

// The kinds that add or remove a name.
const NAME_BITS = {
  moved_from: IN.MOVED_FROM,
  moved_to: IN.MOVED_TO,
  create: IN.CREATE,
  delete: IN.DELETE,
};

/** The bits of each kind; 0 if the kernel has none for it. */
export const MASK_BITS: Readonly<Record<WatchEventType, number>> = {
  ...CONTENT_BITS,
  ...NAME_BITS,
  move: IN.MOVE,
  delete_self: IN.DELETE_SELF,
  move_self: IN.MOVE_SELF,
  unmount: IN.UNMOUNT,
  overflow: IN.Q_OVERFLOW,
  unwatched: 0,
};

/** The kinds that leave entries in place, by their bits. */
export const CONTENT_TYPES = typesByBit(CONTENT_BITS);

/** The kinds that change the names in a directory, by their bits. */
export const NAME_TYPES = typesByBit(NAME_BITS);

/** The kinds about reading, which are reported only on request. */
export const OPT_IN_TYPES: readonly WatchEventType[] = [
  "access",
  "close_nowrite",
  "open",
];

function typesByBit<Type extends EntryEventType>(
  bits: Readonly<Record<Type, number>>,
): ReadonlyMap<number, Type> {
  const types = Object.keys(bits) as Type[];
  return new Map(types.map((type) => [bits[type], type]));
}
