import { assertEquals, assertMatch } from "@std/assert";
import { warningFor } from "../../lib/kernel/file_system.ts";
import { Command } from "../support/command.ts";
import { TestDirectory } from "../support/directory.ts";
import { hasNamespaces } from "../support/namespaces.ts";
import { LocalCommand } from "../support/local_command.ts";

const SEEN: [what: string, type: number, isRoot: boolean, warning?: string][] =
  [
    ["ext4", 0xef53, true],
    ["tmpfs", 0x01021994, false],
    [
      "NFS",
      0x6969,
      false,
      "'a' is on NFS: inotify does not see changes by other machines",
    ],
    [
      "CIFS",
      0xff534d42,
      true,
      "'a' is on CIFS: inotify does not see changes by other machines",
    ],
    [
      "FUSE",
      0x65735546,
      false,
      "'a' is on FUSE: inotify does not see changes that are not " +
      "made through this mount",
    ],
    [
      "an overlay",
      0x794c7630,
      false,
      "'a' is on overlay: inotify does not see changes in its lower layers",
    ],
    ["the root of a container", 0x794c7630, true],
  ];

for (const [what, type, isRoot, warning] of SEEN) {
  const does = warning ? "warns about" : "does not warn about";
  Deno.test(`\`warningFor()\` ${does} ${what}`, () => {
    assertEquals(warningFor("a", { type, isRoot })?.reason, warning);
  });
}

Deno.test("`cli.ts` warns once for each file system", async () => {
  const args = ["-e", "create", "/proc/self", "/proc/version", "/sys", "/"];
  await using command = new LocalCommand(args);
  assertEquals(await notesOf(command, 3), [
    "inotify: '/proc/self' is on proc: inotify does not see changes by the kernel",
    "inotify: '/sys' is on sysfs: inotify does not see changes by the kernel",
    "inotify: Watching 4 paths",
  ]);
});

Deno.test("`cli.ts` also warns about a path that it cannot watch", async () => {
  await using command = new LocalCommand(["/proc/self", "/proc/self/missing"]);
  const notes = await notesOf(command, 2);
  assertMatch(notes[0]!, /^inotify: '\/proc\/self' is on proc: /);
  assertMatch(notes[1]!, /^inotify: No such file or directory /);
});

/** Returns `count` notes in alphabetical order, because their order is not specified. */
async function notesOf(
  command: Pick<Command, "stderr">,
  count: number,
): Promise<string[]> {
  const notes: string[] = [];
  while (notes.length < count) notes.push(await command.stderr.line());
  return notes.sort();
}

Deno.test("`cli.ts -q` does not warn", async () => {
  await using command = await Command.ready(["-q", "/proc/self"]);
  command.kill("SIGTERM");
  assertEquals(await command.end(), { code: 143, stdout: "", stderr: "" });
});

Deno.test({
  name: "`cli.ts` warns about an overlay",
  ignore: !hasNamespaces || !hasOverlays(),
  async fn() {
    using directory = new TestDirectory();
    const script = `mount -t tmpfs none ${directory.path}
      cd ${directory.path}
      mkdir lower upper work merged
      mount -t overlay none -o lowerdir=lower,upperdir=upper,workdir=work merged
      exec "$@"`;
    await using command = new Command(["merged"], {
      within: ["unshare", "-Urm", "sh", "-c", script, "sh"],
    });
    const [warning, ready] = await notesOf(command, 2);
    assertMatch(warning!, /^inotify: 'merged' is on overlay: /);
    assertEquals(ready, "inotify: Watching 1 path");
  },
});

function hasOverlays(): boolean {
  return /\toverlay$/m.test(Deno.readTextFileSync("/proc/filesystems"));
}
