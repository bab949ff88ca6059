import { assertEquals } from "@std/assert";
import { IN } from "../../mod.ts";
import { hasNamespaces, limited } from "../support/namespaces.ts";
import { run } from "../support/program.ts";

Deno.test({
  name:
    "`new Inotify()` names the limit on instances, and works again below it",
  ignore: !hasNamespaces,
  async fn() {
    const outcome = await run(({ Inotify, WatchLimitError }) => {
      using _first = new Inotify();
      const second = new Inotify();
      let refused;
      for (let i = 0; i < 100; i++) {
        try {
          new Inotify();
        } catch (error) {
          if (!(error instanceof WatchLimitError)) throw error;
          refused = error;
        }
      }
      second.close();
      using third = new Inotify();
      return { refused, events: third.read() };
    }, { within: limited("instances", 2) });
    assertEquals(outcome, {
      value: {
        refused: {
          name: "WatchLimitError",
          message:
            "Cannot open inotify: the limit user.max_inotify_instances is 2, " +
            "raise it with `sysctl -w user.max_inotify_instances=4`",
          code: "EMFILE",
          syscall: "inotify_init1",
          limit: "user.max_inotify_instances",
          value: 2,
        },
        events: [],
      },
    });
  },
});

Deno.test({
  name: "`addWatch()` names the limit on watches, and works again below it",
  ignore: !hasNamespaces,
  async fn() {
    const outcome = await run(({ IN, Inotify, WatchLimitError }) => {
      using inotify = new Inotify();
      const wd = inotify.addWatch("/", IN.CREATE);
      inotify.addWatch("/usr", IN.CREATE);
      let refused;
      for (let i = 0; i < 100; i++) {
        try {
          inotify.addWatch("/etc", IN.CREATE);
        } catch (error) {
          if (!(error instanceof WatchLimitError)) throw error;
          refused = error;
        }
      }
      inotify.rmWatch(wd);
      inotify.addWatch("/etc", IN.CREATE);
      return { refused, events: inotify.read() };
    }, { within: limited("watches", 2) });
    assertEquals(outcome, {
      value: {
        refused: {
          name: "WatchLimitError",
          message:
            "Cannot watch '/etc': the limit user.max_inotify_watches is 2, " +
            "raise it with `sysctl -w user.max_inotify_watches=4`",
          code: "ENOSPC",
          syscall: "inotify_add_watch",
          path: "/etc",
          limit: "user.max_inotify_watches",
          value: 2,
        },
        events: [{ wd: 1, mask: IN.IGNORED, cookie: 0, name: "" }],
      },
    });
  },
});

Deno.test("`new Inotify()` names the limit on descriptors", async () => {
  const outcome = await run(async ({ Inotify, WatchLimitError }) => {
    // The C library is loaded before no descriptor is left for it. Some programs give
    // up the permission as soon as they can.
    using _inotify = new Inotify();
    await Deno.permissions.revoke({ name: "ffi" });
    const files: Deno.FsFile[] = [];
    try {
      for (;;) files.push(Deno.openSync(Deno.execPath()));
    } catch {
      // No descriptor is left.
    }
    const errors = [];
    // Repeated, because a leaked descriptor would make a later try fail.
    for (let i = 0; i < 3; i++) {
      try {
        new Inotify();
      } catch (error) {
        if (error instanceof WatchLimitError) errors.push(error);
      }
    }
    files.pop()!.close();
    files.pop()!.close();
    using again = new Inotify();
    return { errors, events: again.read() };
  }, {
    within: ["sh", "-c", 'ulimit -n 100 && exec "$@"', "sh"],
    permissions: ["--allow-ffi", "--allow-read"],
  });
  const error = {
    name: "WatchLimitError",
    message: "Cannot open inotify: the limit RLIMIT_NOFILE is 100, " +
      "raise it with `ulimit -n 200`",
    code: "EMFILE",
    syscall: "inotify_init1",
    limit: "RLIMIT_NOFILE",
    value: 100,
  };
  assertEquals(outcome, {
    value: { errors: [error, error, error], events: [] },
  });
});
