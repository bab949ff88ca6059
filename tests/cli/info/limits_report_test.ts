import {
  assertEquals,
  assertExists,
  assertLessOrEqual,
  assertStringIncludes,
} from "@std/assert";
import {
  IN,
  Inotify,
  type InotifyLimits,
  inotifyLimits,
  type ProcessUsage,
} from "../../../mod.ts";
import { limitsText } from "../../../lib/cli/info/limits_report.ts";
import { runCommand } from "../../support/command.ts";
import { hasNamespaces, limited } from "../../support/namespaces.ts";

/** Limits of a machine on which nothing uses inotify. */
const IDLE: InotifyLimits = {
  queuedEvents: { name: "fs.inotify.max_queued_events", value: 16384 },
  instances: {
    used: 0,
    limits: [
      { name: "fs.inotify.max_user_instances", value: 128 },
      { name: "user.max_inotify_instances", value: 128 },
    ],
  },
  watches: {
    used: 0,
    limits: [
      { name: "user.max_inotify_watches", value: 1000 },
      { name: "fs.inotify.max_user_watches", value: 65536 },
    ],
  },
  processes: [],
  unreadable: 0,
};

Deno.test("`limitsText()` shows the limits", () => {
  assertEquals(
    limitsText(IDLE),
    `\
LIMIT                                VALUE        USED
fs.inotify.max_queued_events         16384
fs.inotify.max_user_instances          128           0      0 %
user.max_inotify_instances             128           0      0 %
user.max_inotify_watches              1000           0      0 %
fs.inotify.max_user_watches          65536           0      0 %
`,
  );
});

Deno.test("`limitsText()` shows who uses the limits, and how to raise them", () => {
  assertEquals(
    limitsText({
      ...IDLE,
      instances: { ...IDLE.instances, used: 103 },
      watches: { ...IDLE.watches, used: 1000 },
      processes: [
        { pid: 31, command: "vite --open", instances: 2, watches: 999 },
        {
          pid: 4194303,
          command: "a\x1b[2J\n\\",
          instances: 101,
          watches: 1,
        },
      ],
      unreadable: 7,
    }),
    `\
LIMIT                                VALUE        USED
fs.inotify.max_queued_events         16384
fs.inotify.max_user_instances          128         103     80 %
user.max_inotify_instances             128         103     80 %
user.max_inotify_watches              1000        1000    100 %
fs.inotify.max_user_watches          65536        1000      2 %

    PID    WATCHES  INSTANCES  COMMAND
     31        999          2  vite --open
4194303          1        101  a\\u001b[2J\\n\\\\

Processes of this user that may not be read, and are not counted: 7

80 % of fs.inotify.max_user_instances is used. To double it, run as root:
  sysctl -w fs.inotify.max_user_instances=256
To keep it after a restart, put this line into /etc/sysctl.d/60-inotify.conf:
  fs.inotify.max_user_instances=256

100 % of user.max_inotify_watches is used. To double it, run as root:
  sysctl -w user.max_inotify_watches=2000
The limit belongs to this user namespace, and ends with it.
`,
  );
});

const ADVISED: [used: number, value: number, raised: number | undefined][] = [
  [80, 100, undefined],
  [81, 100, 200],
  [150, 100, 200],
  [0, 1, undefined],
  [0, 0, 128],
];

for (const [used, value, raised] of ADVISED) {
  Deno.test(`\`limitsText()\` advises for ${used} of ${value}`, () => {
    const name = "fs.inotify.max_user_watches";
    const text = limitsText({
      ...IDLE,
      watches: { used, limits: [{ name, value }, { name, value }] },
    });
    const advice = /sysctl -w fs.inotify.max_user_watches=(\d+)\n/.exec(text);
    assertEquals(advice?.[1], raised?.toString());
  });
}

const COMMANDS = ["x".repeat(300), "\x1b".repeat(300), "\u{1f600}".repeat(300)];

for (const command of COMMANDS) {
  Deno.test(`\`limitsText()\` cuts ${JSON.stringify(command[0])} to fit 80 columns`, () => {
    const value = 2 ** 31 - 1;
    const limits = [
      { name: "fs.inotify.max_user_instances", value },
      { name: "fs.inotify.max_user_instances", value },
    ] as const;
    const text = limitsText({
      ...IDLE,
      instances: { used: value, limits },
      watches: { used: value, limits },
      processes: [{ pid: 1, command, instances: value, watches: value }],
      unreadable: 4194303,
    });
    for (const line of text.split("\n")) {
      assertLessOrEqual([...line].length, 80, line);
    }
    assertEquals(text.isWellFormed(), true);
  });
}

Deno.test({
  name: "`cli.ts --limits` prints the limits in force",
  ignore: !hasNamespaces,
  async fn() {
    const { code, stdout, stderr } = await runCommand(["--limits"], {
      within: limited("watches", 0),
    });
    const rows = stdout.split("\n").map((line) => line.split(/ +/));
    assertEquals(rows[0], ["LIMIT", "VALUE", "USED"]);
    assertEquals(rows[4], ["user.max_inotify_watches", "0", "0", "100", "%"]);
    assertStringIncludes(
      stdout,
      "\n  sysctl -w user.max_inotify_watches=128\n",
    );
    assertEquals({ code, stderr }, { code: 0, stderr: "" });
  },
});

Deno.test("`cli.ts --limits --json` prints one object", async () => {
  using inotify = new Inotify();
  inotify.addWatch("/", IN.CREATE);
  const { code, stdout, stderr } = await runCommand(["--limits", "--json"]);
  const printed: InotifyLimits = JSON.parse(stdout);
  const expected = inotifyLimits();
  assertEquals(printed.queuedEvents, expected.queuedEvents);
  assertEquals(printed.instances.limits, expected.instances.limits);
  assertEquals(printed.watches.limits, expected.watches.limits);
  assertEquals(ownUsage(printed), ownUsage(expected));
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
});

function ownUsage({ processes }: InotifyLimits): ProcessUsage {
  const usage = processes.find(({ pid }) => pid === Deno.pid);
  assertExists(usage);
  return usage;
}
