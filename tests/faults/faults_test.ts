import { assertEquals, assertGreater } from "@std/assert";
import type { ScenarioName } from "./scenarios.ts";
import { type Fault, Process } from "./process.ts";
import { hasStrace } from "../support/strace.ts";
import { someOf } from "../support/thorough.ts";

/**
 * Which calls fail. Each failure lasts for as many as are made until it is
 * believed: `Libc` repeats a call to be sure.
 */
function whenFor({ tries = 2, skipped = 0 }: Row): string[] {
  return [skipped + 1, skipped + tries + 1, 30]
    .map((first) => `${first}..${first + tries - 1}`);
}

/**
 * The consequence: the watcher cannot be opened, or a path cannot be added; an
 * `unwatched`; the end of the iteration, with the error; another event; or
 * nothing, because the call is repeated or its failure does not matter.
 */
type Effect = "rejects" | "unwatched" | "ends" | "modify" | "-";

interface Row {
  call: string;
  in: ScenarioName;
  errnos: string;
  /** The consequences for the first, third and thirtieth call, or one for all. */
  effects: [Effect] | [Effect, Effect, Effect];
  on?: Fault["on"];
  /**
   * How often the call is made until its failure is believed.
   *
   * @default {2}
   */
  tries?: number;
  /**
   * How many calls before the first do not count.
   *
   * @default {0}
   */
  skipped?: number;
}

const FAULTS: Row[] = [
  {
    call: "inotify_init1",
    in: "rounds",
    errnos: "EMFILE ENFILE ENOMEM ENOSYS",
    effects: ["rejects"],
  },
  {
    call: "epoll_create1",
    in: "rounds",
    errnos: "EMFILE ENFILE ENOMEM",
    effects: ["rejects"],
  },
  {
    call: "eventfd2",
    in: "rounds",
    errnos: "EMFILE ENFILE ENOMEM",
    effects: ["rejects"],
  },
  // The second of two calls removes a descriptor that is closed next.
  {
    call: "epoll_ctl",
    in: "rounds",
    errnos: "ENOMEM ENOSPC",
    effects: ["rejects", "rejects", "-"],
    on: "anon_inode:inotify",
  },
  {
    call: "epoll_ctl",
    in: "pauses",
    errnos: "ENOMEM",
    effects: ["ends"],
    on: "anon_inode:inotify",
  },
  {
    call: "read",
    in: "changes",
    errnos: "EINVAL EIO",
    effects: ["ends"],
    on: "anon_inode:inotify",
  },
  {
    call: "read",
    in: "changes",
    errnos: "EAGAIN EINTR",
    effects: ["-"],
    on: "anon_inode:inotify",
  },
  {
    call: "openat2",
    in: "walk",
    errnos: "EMFILE",
    effects: ["rejects"],
  },
  {
    call: "openat2",
    in: "walk",
    errnos: "EACCES EIO ENAMETOOLONG ENFILE ENOMEM ENOSYS EPERM ESTALE",
    effects: ["unwatched"],
  },
  // A directory that was missing at first is found when it is looked up again.
  {
    call: "openat2",
    in: "walk",
    errnos: "EINTR ELOOP ENOENT ENOTDIR",
    effects: ["-"],
  },
  {
    call: "openat2",
    in: "changes",
    errnos: "EACCES EIO EMFILE ENFILE ENOMEM",
    effects: ["unwatched"],
  },
  {
    call: "openat2",
    in: "changes",
    errnos: "EINTR ENOENT",
    effects: ["-"],
  },
  // The given paths, which may lead through links.
  {
    call: "openat",
    in: "paths",
    errnos: "EACCES EIO EMFILE ENAMETOOLONG ENFILE ENOMEM EPERM ESTALE",
    effects: ["rejects"],
    on: "directories",
  },
  {
    call: "inotify_add_watch",
    in: "walk",
    errnos: "ENOSPC",
    effects: ["rejects"],
  },
  {
    call: "inotify_add_watch",
    in: "walk",
    errnos: "ENOMEM",
    effects: ["rejects", "rejects", "unwatched"],
  },
  // Of the directories above, the parent reports the name instead.
  {
    call: "inotify_add_watch",
    in: "walk",
    errnos: "EACCES",
    effects: ["-", "-", "unwatched"],
  },
  // Without /proc, a directory is watched by its path.
  {
    call: "inotify_add_watch",
    in: "walk",
    errnos: "ENOENT",
    effects: ["-"],
  },
  {
    call: "inotify_add_watch",
    in: "changes",
    errnos: "EACCES ENOMEM ENOSPC",
    effects: ["unwatched"],
  },
  {
    call: "inotify_add_watch",
    in: "changes",
    errnos: "ENOENT EINTR",
    effects: ["-"],
  },
  {
    call: "inotify_add_watch",
    in: "paths",
    errnos: "ENOSPC",
    effects: ["rejects"],
  },
  {
    call: "inotify_rm_watch",
    in: "leave",
    errnos: "EINVAL",
    effects: ["-"],
  },
  {
    call: "getdents64",
    in: "walk",
    errnos: "EACCES EIO ENOMEM",
    effects: ["rejects", "unwatched", "unwatched"],
    on: "directories",
  },
  {
    call: "getdents64",
    in: "changes",
    errnos: "EIO",
    effects: ["unwatched"],
    on: "directories",
  },
  {
    call: "getdents64",
    in: "changes",
    errnos: "EINTR ENOENT",
    effects: ["-"],
    on: "directories",
  },
  // The first three or four calls are about the root: more of them while a remote
  // file system is mounted anywhere.
  {
    call: "statx",
    in: "overflow",
    errnos: "EACCES EIO ENOMEM",
    effects: ["modify"],
    on: "directories",
    tries: 3,
    skipped: 4,
  },
  {
    call: "statx",
    in: "overflow",
    errnos: "EINTR ENOENT",
    effects: ["-"],
    on: "directories",
    skipped: 4,
  },
];

for (const row of FAULTS) {
  const { call, in: scenario, effects } = row;
  const errnos = someOf(row.errnos.split(" "));
  Deno.test({
    name: `${errnos.join(" ")} of \`${call}\` in ${scenario}: ${
      effects.join(", ")
    }`,
    ignore: !hasStrace,
    async fn() {
      // Most of the time is spent waiting.
      const actual = await Promise.all(errnos.map((errno) => play(row, errno)));
      const expected = errnos.map((errno) =>
        whenFor(row).map((when, i) => {
          const observed = toldBy(effects[i] ?? effects[0], errno);
          return { errno, when, struck: row.tries ?? 2, observed, wrongs: [] };
        })
      );
      assertEquals(actual, expected);
    },
  });
}

async function play(row: Row, errno: string) {
  const { call, in: scenario, on } = row;
  await using process = new Process();
  const outcomes = [];
  for (const when of whenFor(row)) {
    const fault = { call, errno, when, on };
    const { struck, observed, wrongs } = await process.play(scenario, fault);
    outcomes.push({ errno, when, struck, observed, wrongs });
  }
  return outcomes;
}

function toldBy(effect: Effect, errno: string): string[] {
  if (effect === "-") return [];
  return [effect === "modify" ? effect : `${effect} ${errno}`];
}

// A kernel before 5.6 does not know openat2(2), and a container may forbid what it does
// not know itself.
for (const errno of ["ENOSYS", "EPERM"]) {
  Deno.test({
    name: `${errno} of every \`openat2\` in walk: -`,
    ignore: !hasStrace,
    async fn() {
      await using process = new Process();
      const { struck, observed, wrongs } = await process.play("walk", {
        call: "openat2",
        errno,
        when: "1+",
      });
      // The probe calls it again, but not for a directory.
      assertEquals([struck, observed, wrongs], [4, [], []]);
    },
  });
}

Deno.test({
  name: "EINTR of every other `epoll_wait` in pauses: -",
  ignore: !hasStrace,
  async fn() {
    await using process = new Process();
    const { beside, observed, wrongs } = await process.play("pauses", {
      call: "/^epoll_p?wait$",
      errno: "EINTR",
      when: "1+2",
    });
    assertGreater(beside, 15);
    assertEquals([observed, wrongs], [[], []]);
  },
});
