/** `--completions`, tested in each shell. */

import { assertArrayIncludes, assertEquals } from "@std/assert";
import { completions } from "../../../lib/cli/info/completions.ts";
import { FLAGS } from "../../../lib/cli/arguments/flags.ts";
import type { Shell } from "../../../lib/cli/arguments/options.ts";
import { runCommand } from "../../support/command.ts";
import { TestDirectory } from "../../support/directory.ts";
import { hasTool } from "../../support/tools.ts";

/** The code that makes each shell print its completions of a line. */
const BASH = `source ./script
  read -ra COMP_WORDS <<<"$1"
  [[ $1 == *" " ]] && COMP_WORDS+=("")
  COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
  _inotify
  printf '%s\\n' "\${COMPREPLY[@]}"`;
const FISH = `source ./script
  complete -C $argv[1] | string split -f 1 \\t`;

/** The line that the Tab key completes in zsh, on a terminal. */
const ZSH = `zmodload zsh/zpty
  wait_for() {
    repeat 1000; do
      zpty -r -t shell output
      [[ -s $1 ]] && return
      sleep 0.01
    done
  }
  zpty shell zsh -f -i
  zpty -w shell 'autoload -U compinit; compinit -D; source ./script'
  zpty -w shell 'show() print -r -- $BUFFER >line; zle -N show'
  zpty -w shell 'bindkey "^X" show; print >ready'
  wait_for ready
  zpty -n -w shell "$1"$'\\t\\x18'
  wait_for line
  cat line`;

const OPTIONS: Readonly<Record<Shell, string[]>> = {
  bash: ["--norc", "-c", BASH, "bash"],
  zsh: ["-f", "-c", ZSH, "zsh"],
  fish: ["--no-config", "-c", FISH],
};

const LINES: [line: string, words: string[]][] = [
  ["inotify --color ", ["always", "auto", "never"]],
  ["inotify -r --on-busy re", ["restart"]],
  ["inotify --completions ", ["bash", "fish", "zsh"]],
  ["inotify -e create,delete_", ["create,delete_self"]],
  ["inotify --outfile a", ["a file"]],
  ["inotify -r a", ["a file"]],
  ["inotify --rec", ["--recursive"]],
  ["inotify --include ", []],
  ["inotify --exts ", []],
  ["inotify --signal US", ["USR1", "USR2"]],
  ["inotify --stats --sort to", ["total"]],
  ["inotify --stats --sort mov", ["move_self", "moved_from", "moved_to"]],
];

for (const shell of ["bash", "fish"] as const) {
  const ignore = !hasTool(shell, "tests of completions");

  for (const [line, words] of LINES) {
    Deno.test({
      name: `\`completions()\` lets ${shell} complete '${line}'`,
      ignore,
      fn() {
        using directory = new TestDirectory();
        directory.file("a file");
        Deno.writeTextFileSync(directory.at("script"), completions(shell));
        assertEquals(ask(shell, line, directory), words);
      },
    });
  }

  Deno.test({
    name: `\`completions()\` lets ${shell} complete every flag`,
    ignore,
    fn() {
      using directory = new TestDirectory();
      Deno.writeTextFileSync(directory.at("script"), completions(shell));
      const flags = FLAGS.map(({ name }) => `--${name}`);
      assertArrayIncludes(ask(shell, "inotify --", directory), flags);
    },
  });
}

const COMPLETED: [line: string, completed: string][] = [
  ["inotify -r --on-busy re", "inotify -r --on-busy restart "],
  ["inotify --color=al", "inotify --color=always "],
  ["inotify -e create,unm", "inotify -e create,unmount,"],
  ["inotify -oa", "inotify -oa\\ file "],
];

const hasZsh = hasTool("zsh", "tests of completions");

for (const [line, completed] of COMPLETED) {
  Deno.test({
    name: `\`completions()\` lets zsh complete '${line}'`,
    ignore: !hasZsh,
    fn() {
      using directory = new TestDirectory();
      directory.file("a file");
      Deno.writeTextFileSync(directory.at("script"), completions("zsh"));
      assertEquals(ask("zsh", line, directory), [completed]);
    },
  });
}

/** Returns the completions of a shell for the end of a line, in order. */
function ask(shell: Shell, line: string, { path }: TestDirectory): string[] {
  const { stdout, stderr } = new Deno.Command(shell, {
    args: [...OPTIONS[shell], line],
    cwd: path,
    env: { HOME: path },
  }).outputSync();
  const decoder = new TextDecoder();
  assertEquals(decoder.decode(stderr), "");
  return decoder.decode(stdout).split("\n").filter((word) => word).sort();
}

Deno.test("`cli.ts --completions` prints the script", async () => {
  const outcome = await runCommand(["--completions", "zsh"], {
    permissions: [],
  });
  const stdout = completions("zsh");
  assertEquals(outcome, { code: 0, stdout, stderr: "" });
});
