import { assertEquals } from "@std/assert";
import { watch, type WatchEventType } from "../../mod.ts";
import { TestDirectory } from "../support/directory.ts";
import { assertFollowed } from "../support/exact.ts";
import { Observation, type Step } from "../support/observation.ts";
import { hasUnprivileged, unprivileged } from "../support/privileges.ts";
import { runScript } from "../support/script.ts";
import { exchange } from "../support/system.ts";

/** Creates a directory with `tree`, which is watched, and `outside`. */
class Scene extends TestDirectory {
  constructor() {
    super();
    for (const name of ["tree/empty", "tree/full/sub", "outside/full"]) {
      Deno.mkdirSync(this.at(name), { recursive: true });
    }
    const files = ["file", "other", "full/inner", "full/sub/x"];
    for (const name of files) this.write(`tree/${name}`);
    for (const name of ["file", "full/new"]) this.write(`outside/${name}`);
  }

  write(name: string): void {
    Deno.writeTextFileSync(this.at(name), "before");
  }

  /** Runs a script of sh(1) within `tree`. */
  run(script: string): void {
    runScript(script, this.at("tree"));
  }

  async watch(events?: readonly WatchEventType[]): Promise<Observation> {
    const root = this.at("tree");
    const options = { recursive: true, ...events ? { events } : {} };
    return new Observation(await watch(root, options), root);
  }
}

/** Scripts, and their events if the watcher reads only after the script. */
const SCRIPTS: Step[] = [
  // Files
  ["echo > new", ["create new", "modify new", "close_write new"]],
  ["echo >> file", ["modify file", "close_write file"]],
  ["echo >> full/sub/x", ["modify full/sub/x", "close_write full/sub/x"]],
  ["chmod 600 file", ["attrib file"]],
  ["rm file", ["delete file"]],
  ["mv file new", ["move file -> new"]],
  ["mv file other", ["move file -> other"]],
  ["mv file full/sub/new", ["move file -> full/sub/new"]],
  ["mv file a; mv a b; mv b file", [
    "move file -> a",
    "move a -> b",
    "move b -> file",
  ]],
  ["mv file a; mv other file; mv a other", [
    "move file -> a",
    "move other -> file",
    "move a -> other",
  ]],
  ["mv file ../outside/new", ["moved_from file"]],
  ["mv ../outside/file new", ["moved_to new"]],
  ["mv ../outside/file file", ["moved_to file"]],
  ["mv file ../outside/a; mv ../outside/a b", [
    "moved_from file",
    "moved_to b",
  ]],
  ["echo > a; mv a file", [
    "create a",
    "modify a",
    "close_write a",
    "move a -> file",
  ]],
  // The kernel reports nothing for the linked file.
  ["ln file new", ["create new"]],
  ["ln -s full new", ["create new"]],
  ["ln -s nothing new", ["create new"]],
  ["mkfifo new", ["create new"]],
  ["cat file; ls -R", []],

  // Directories
  ["mkdir new", ["create new/"]],
  ["mkdir -p a/b/c; echo > a/b/c/d", [
    "create a/",
    "create a/b/ synthetic",
    "create a/b/c/ synthetic",
    "create a/b/c/d synthetic",
  ]],
  ["chmod 700 empty", ["attrib empty/"]],
  ["chmod 700 .", ["attrib ./"]],
  ["rmdir empty", ["delete empty/"]],
  ["rm -r full/sub", ["delete full/sub/x", "delete full/sub/"]],
  ["mv full new; echo >> new/sub/x", [
    "move full/ -> new/",
    "modify new/sub/x",
    "close_write new/sub/x",
  ]],
  ["mv full empty/", ["move full/ -> empty/full/"]],
  ["mv full/sub .", ["move full/sub/ -> sub/"]],
  ["mkdir a; echo > a/b; mv a c", [
    "create a/",
    "move a/ -> c/",
    "create c/b synthetic",
  ]],
  ["mv full ../outside/new; echo > ../outside/new/inner", [
    "moved_from full/",
  ]],
  ["mv ../outside/full new", ["moved_to new/", "create new/new synthetic"]],
  ["mv full ../outside/a; mv ../outside/a b; rm -r b/sub", [
    "moved_from full/",
    "moved_to b/",
    "create b/inner synthetic",
  ]],

  // Entries that replace others
  ["rm file; echo > file", [
    "delete file",
    "create file",
    "modify file",
    "close_write file",
  ]],
  ["rmdir empty; mkdir empty; echo > empty/new", [
    "delete empty/",
    "create empty/",
    "create empty/new synthetic",
  ]],
  ["rm file; mkdir file; echo > file/new", [
    "delete file",
    "create file/",
    "create file/new synthetic",
  ]],
  ["rmdir empty; echo > empty", [
    "delete empty/",
    "create empty",
    "modify empty",
    "close_write empty",
  ]],
  ["mv empty a; mkdir empty; echo > a/new", [
    "move empty/ -> a/",
    "create empty/",
    "create a/new",
    "modify a/new",
    "close_write a/new",
  ]],
  ["mv empty a; mv full empty; mv a full", [
    "move empty/ -> a/",
    "move full/ -> empty/",
    "move a/ -> full/",
  ]],
  ["mv -T full empty; echo >> empty/sub/x", [
    "move full/ -> empty/",
    "modify empty/sub/x",
    "close_write empty/sub/x",
  ]],
  ["mv -T ../outside/full empty", [
    "moved_to empty/",
    "create empty/new synthetic",
  ]],
];

for (const [script, events] of SCRIPTS) {
  Deno.test(`\`watch()\` reports: ${script}`, async () => {
    using scene = new Scene();
    await using observed = await scene.watch();
    scene.run(script);
    assertEquals(await observed.take(), events);
  });
}

/** Steps whose events are read one by one. */
const STEPS: [what: string, steps: Step[]][] = [
  ["what is made in a new directory", [
    ["mkdir new", ["create new/"]],
    ["mkdir new/a", ["create new/a/"]],
    [": > new/a/b", ["create new/a/b", "close_write new/a/b"]],
  ]],
  ["what is made in a directory that was moved", [
    ["mv full new", ["move full/ -> new/"]],
    ["mkdir new/sub/a", ["create new/sub/a/"]],
    ["mv new/sub empty/sub", ["move new/sub/ -> empty/sub/"]],
    ["mkdir empty/sub/a/b", ["create empty/sub/a/b/"]],
  ]],
  ["what is made in a directory that was moved out and back in", [
    ["mv full ../outside/a", ["moved_from full/"]],
    ["mkdir ../outside/a/new; rm -r ../outside/a/sub", []],
    ["mv ../outside/a/new .", ["moved_to new/"]],
    ["mv ../outside/a full", ["moved_to full/", "create full/inner synthetic"]],
    ["mkdir full/a", ["create full/a/"]],
  ]],
  ["new entries of a directory that replaced another", [
    ["rmdir empty; mkdir empty", ["delete empty/", "create empty/"]],
    ["mkdir empty/a", ["create empty/a/"]],
    ["mv -T full empty/a", ["move full/ -> empty/a/"]],
    ["mkdir empty/a/sub/b", ["create empty/a/sub/b/"]],
  ]],
  ["nothing of a directory that is gone", [
    ["mv full ../outside/a", ["moved_from full/"]],
    ["rm -r ../outside/a", []],
    ["mkdir full", ["create full/"]],
    ["rmdir full", ["delete full/"]],
  ]],
];

for (const [what, steps] of STEPS) {
  Deno.test(`\`watch()\` reports ${what}`, async () => {
    using scene = new Scene();
    await using observed = await scene.watch();
    for (const [script, events] of steps) {
      scene.run(script);
      assertEquals(await observed.take(), events, script);
    }
  });
}

const EXCHANGES: [a: string, b: string, events: string[]][] = [
  ["tree/full", "tree/empty", [
    "move full/ -> empty/",
    "moved_to full/",
  ]],
  ["tree/empty", "tree/full/sub", [
    "move empty/ -> full/sub/",
    "moved_to empty/",
    "create empty/x synthetic",
  ]],
  ["tree/full/sub", "tree/empty", [
    "move full/sub/ -> empty/",
    "moved_to full/sub/",
  ]],
  ["tree/file", "tree/empty", ["move file -> empty", "moved_to file/"]],
  ["tree/empty", "tree/file", ["move empty/ -> file/", "moved_to empty"]],
  ["tree/file", "tree/full/sub", [
    "move file -> full/sub",
    "moved_to file/",
    "create file/x synthetic",
  ]],
  // The kernel's events could be of two moves, so the names are looked up.
  ["tree/file", "tree/other", [
    "move file -> other",
    "move other -> file",
    "create other synthetic",
    "modify file synthetic",
  ]],
  ["tree/file", "tree/full/sub/x", [
    "move file -> full/sub/x",
    "move full/sub/x -> file",
    "create full/sub/x synthetic",
    "modify file synthetic",
  ]],
  ["tree/file", "outside/file", ["moved_from file", "moved_to file"]],
  ["outside/file", "tree/file", [
    "moved_to file",
    "moved_from file",
    "create file synthetic",
  ]],
  ["tree/full", "outside/full", [
    "moved_from full/",
    "moved_to full/",
    "create full/new synthetic",
  ]],
  ["outside/full", "tree/full", [
    "moved_to full/",
    "create full/new synthetic",
  ]],
  ["tree/file", "outside/full", [
    "moved_from file",
    "moved_to file/",
    "create file/new synthetic",
  ]],
  ["tree/full", "outside/file", ["moved_from full/", "moved_to full"]],
  ["outside/file", "tree/full", ["moved_from full/", "create full synthetic"]],
];

for (const [a, b, events] of EXCHANGES) {
  Deno.test(`\`watch()\` reports an exchange of ${a} and ${b}`, async () => {
    using scene = new Scene();
    await using observed = await scene.watch();
    exchange(scene.at(a), scene.at(b));
    assertEquals(await observed.take(), events);
    await assertFollowed(observed, scene.at("tree"));
  });
}

const OPT_IN: [
  events: WatchEventType[],
  script: string,
  observed: string[],
][] = [
  [["open", "access", "close_nowrite"], "cat file", [
    "open file",
    "access file",
    "close_nowrite file",
  ]],
  [["access"], "cat full/sub/x", ["access full/sub/x"]],
  [["open"], "echo > new; rm new", ["open new"]],
  [["close_nowrite"], "cat file full/inner", [
    "close_nowrite file",
    "close_nowrite full/inner",
  ]],
  // Scanning a new directory reads that directory, but none above it.
  [["open", "close_nowrite"], "mkdir full/new", [
    "open full/new/",
    "close_nowrite full/new/",
  ]],
];

for (const [events, script, lines] of OPT_IN) {
  Deno.test(`\`watch()\` reports ${events} on request for: ${script}`, async () => {
    using scene = new Scene();
    await using observed = await scene.watch(events);
    scene.run(script);
    assertEquals(await observed.take(), lines);
  });
}

Deno.test({
  name: "`watch()` reports an event of the kernel with two bits as two events",
  ignore: !hasUnprivileged,
  async fn() {
    using scene = new Scene();
    Deno.chmodSync(scene.at("tree/file"), 0o4755);
    await using observed = await scene.watch(["attrib", "modify"]);
    // In an unprivileged process, this also removes the setuid bit.
    scene.run(`${unprivileged.join(" ")} sh -c ': > file'`);
    assertEquals(await observed.take(), ["modify file", "attrib file"]);
  },
});
