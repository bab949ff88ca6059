import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { IN, Inotify, inotifyLimits, type ProcessUsage } from "../../mod.ts";
import { TestDirectory } from "../support/directory.ts";
import { inheritable } from "../support/inheritance.ts";
import { LIBRARY_PATH } from "../support/library.ts";
import { hasNamespaces, limited } from "../support/namespaces.ts";
import { readIfPresent } from "../support/process.ts";
import { run } from "../support/program.ts";
import { countOf } from "../support/thorough.ts";
import { until } from "../support/until.ts";

function valueOf(sysctl: string): number {
  const path = `/proc/sys/${sysctl.replaceAll(".", "/")}`;
  return Number(Deno.readTextFileSync(path));
}

/** A process that runs until it is disposed of. */
class Sharer implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;

  constructor(executable: string, ...args: string[]) {
    this.#child = new Deno.Command(executable, { args, stdin: "piped" })
      .spawn();
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Resolves when the process runs `program`. */
  async becomes(program: string): Promise<void> {
    const read = (name: string) => readIfPresent(`/proc/${this.pid}/${name}`);
    await until(() =>
      read("comm") === `${program}\n` && read("cmdline") !== ""
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await Promise.all([this.#child.status, this.#child.stdin.close()]);
  }
}

function usageOf(process: Sharer): ProcessUsage | undefined {
  return inotifyLimits().processes.find(({ pid }) => pid === process.pid);
}

Deno.test("`inotifyLimits()` returns the limit on queued events", () => {
  const limit = "fs.inotify.max_queued_events";
  assertEquals(inotifyLimits().queuedEvents, {
    name: limit,
    value: valueOf(limit),
  });
});

for (const kind of ["instances", "watches"] as const) {
  Deno.test({
    name:
      `\`inotifyLimits()\` gives the limits on ${kind}, the lower one first`,
    ignore: !hasNamespaces,
    async fn() {
      const machine = `fs.inotify.max_user_${kind}`;
      const namespace = `user.max_inotify_${kind}`;
      const value = valueOf(machine);
      for (const lower of [0, value - 1, value, value + 1]) {
        const outcome = await run(
          ({ inotifyLimits }, kind) =>
            inotifyLimits()[kind as "instances"].limits,
          { within: limited(kind, lower), input: kind },
        );
        const expected = [
          { name: machine, value },
          { name: namespace, value: lower },
        ];
        if (lower < value) expected.reverse();
        assertEquals(outcome, { value: expected });
      }
    },
  });
}

Deno.test({
  name: "`inotifyLimits()` counts as the kernel does",
  ignore: !hasNamespaces,
  async fn() {
    const outcome = await run(
      async ({ IN, Inotify, inotifyLimits, WatchLimitError }, support) => {
        const { inheritable } = await import(support);
        using shared = new Inotify();
        shared.addWatch("/", IN.CREATE);
        shared.addWatch("/usr", IN.CREATE);
        using own = new Inotify();
        own.addWatch("/", IN.CREATE);
        using _idle = new Inotify();
        using _copy = inheritable(shared.fd);
        const children = [1, 2].map(() =>
          new Deno.Command("sleep", { args: ["infinity"] }).spawn()
        );
        const { instances, watches, processes, unreadable } = inotifyLimits();

        const set = (kind: string, value: number) =>
          Deno.writeTextFileSync(
            `/proc/sys/user/max_inotify_${kind}`,
            `${value}`,
          );
        const isRefused = (deed: () => unknown) => {
          try {
            deed();
            return false;
          } catch (error) {
            if (error instanceof WatchLimitError) return true;
            throw error;
          }
        };
        const open = () => new Inotify().close();
        const add = () => own.addWatch("/etc", IN.CREATE);
        set("instances", instances.used);
        set("watches", watches.used);
        const refused = [isRefused(open), isRefused(add)];
        set("instances", instances.used + 1);
        set("watches", watches.used + 1);
        refused.push(isRefused(open), isRefused(add));

        for (const child of children) {
          child.kill("SIGKILL");
          await child.status;
        }
        return {
          used: [instances.used, watches.used],
          refused,
          processes: processes.map(({ pid, command, instances, watches }) => [
            pid === Deno.pid ? "own" : command.replace(/^.*\//, ""),
            instances,
            watches,
          ]),
          after: inotifyLimits().processes.map(({ pid }) => pid === Deno.pid),
          isOutsideUnreadable: unreadable > 0,
        };
      },
      {
        within: ["unshare", "--user", "--map-root-user"],
        permissions: ["--allow-all"],
        input: import.meta.resolve("../support/inheritance.ts"),
      },
    );
    assertEquals(outcome, {
      value: {
        used: [3, 3],
        refused: [true, true, false, false],
        processes: [
          ["own", 3, 3],
          ["sleep infinity", 1, 2],
          ["sleep infinity", 1, 2],
        ],
        after: [true],
        isOutsideUnreadable: true,
      },
    });
  },
});

for (const grant of ["--allow-ffi", `--allow-ffi=${LIBRARY_PATH}`]) {
  Deno.test(`\`inotifyLimits()\` needs only ${grant}`, async () => {
    const { value } = await run(({ IN, Inotify, inotifyLimits }) => {
      using inotify = new Inotify();
      inotify.addWatch("/", IN.CREATE);
      inotify.addWatch("/usr", IN.CREATE);
      using _other = new Inotify();
      return inotifyLimits().processes.find(({ pid }) => pid === Deno.pid);
    }, { permissions: [grant] });
    const { command, instances, watches } = value as ProcessUsage;
    assertStringIncludes(command, `${Deno.execPath()} run `);
    assertEquals({ instances, watches }, { instances: 2, watches: 2 });
  });
}

const COMMANDS: [does: string, run: string, command: string][] = [
  ["words", "-a 'a b' cat - -", "a b - -"],
  ["bytes that are not UTF-8", "-a $'a\\xff\\n' cat", "a\udcff\n"],
  ["no word", "-a '' cat", "[cat]"],
  ["long words", "-a `printf %09999d 1` cat", "1".padStart(9999, "0")],
];

for (const [does, run, command] of COMMANDS) {
  Deno.test(`\`inotifyLimits()\` returns a command of ${does}`, async () => {
    using inotify = new Inotify();
    inotify.addWatch("/", IN.CREATE);
    using _copy = inheritable(inotify.fd);
    await using sharer = new Sharer("bash", "-c", `exec ${run}`);
    await sharer.becomes("cat");
    const { pid } = sharer;
    assertEquals(usageOf(sharer), { pid, command, instances: 1, watches: 1 });
  });
}

const COMM_NAMES = ["a\\rUid:\\t1\\t1", "a\\342\\200\\250Uid:\\t1\\t1"];

for (const name of COMM_NAMES) {
  Deno.test(`\`inotifyLimits()\` finds no user ID in the process name ${name}`, async () => {
    using inotify = new Inotify();
    using _copy = inheritable(inotify.fd);
    const script = `printf '${name}' >/proc/self/comm; read -r _`;
    await using sharer = new Sharer("bash", "-c", script);
    await until(() =>
      readIfPresent(`/proc/${sharer.pid}/comm`).includes("Uid")
    );
    assertEquals(usageOf(sharer)?.instances, 1);
  });
}

Deno.test("`inotifyLimits()` counts a process that has a file with a very long path", async () => {
  using directory = new TestDirectory();
  using inotify = new Inotify();
  inotify.addWatch("/", IN.CREATE);
  using _copy = inheritable(inotify.fd);
  const script = `
    cd "$0"
    name=$(printf %0255d 0)
    while [ "$((count += 1))" -le 17 ]; do
      mkdir "$name"
      cd -P "$name"
    done
    exec cat 3<.
  `;
  await using sharer = new Sharer("sh", "-c", script, directory.path);
  await sharer.becomes("cat");
  assertEquals(usageOf(sharer)?.instances, 1);
});

Deno.test({
  name: "`inotifyLimits()` leaves out the processes of other users",
  ignore: Deno.uid() !== 0,
  async fn() {
    using inotify = new Inotify();
    using _copy = inheritable(inotify.fd);
    await using own = new Sharer("cat");
    await using other = new Sharer("setpriv", "--reuid=65534", "cat");
    await other.becomes("cat");
    assertEquals(usageOf(own)?.instances, 1);
    assertEquals(usageOf(other), undefined);
  },
});

Deno.test("`inotifyLimits()` works while processes start and end", async () => {
  using inotify = new Inotify();
  using _copy = inheritable(inotify.fd);
  const script = "while :; do (:) </dev/null; done";
  await using a = new Sharer("sh", "-c", script);
  await using b = new Sharer("sh", "-c", script);
  // Whether it reads a process that is just ending depends on the machine.
  for (let i = 0; i < countOf(20, 100); i++) {
    const pids = inotifyLimits().processes.map(({ pid }) => pid);
    assert([Deno.pid, a.pid, b.pid].every((pid) => pids.includes(pid)));
  }
});
