/** The kinds of event, and the bits with which the kernel tells of them. */

import { IN } from "../kernel/mask.ts";
import type { EntryEventType, WatchEventType } from "./watch_event.ts";

// What leaves an entry where it is; the lowest bit first, which is the order in
// which one event that has several of them is told.
const CONTENT_BITS = {
  access: IN.ACCESS,
  modify: IN.MODIFY,
  attrib: IN.ATTRIB,
  close_write: IN.CLOSE_WRITE,
  close_nowrite: IN.CLOSE_NOWRITE,
  open: IN.OPEN,
};

// What brings an entry, or takes it away.
const NAME_BITS = {
  moved_from: IN.MOVED_FROM,
  moved_to: IN.MOVED_TO,
  create: IN.CREATE,
  delete: IN.DELETE,
};

/** The bits of every kind; 0 if the kernel has none for it. */
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

/** By their bits, the kinds that leave the tree as it is. */
export const CONTENT_TYPES = typesByBit(CONTENT_BITS);

/** By their bits, the kinds of which a directory tells that its names change. */
export const NAME_TYPES = typesByBit(NAME_BITS);

/** The kinds that tell of mere reading: they come on request alone. */
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
