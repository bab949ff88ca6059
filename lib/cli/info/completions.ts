/** `--completions`: scripts for the completions of bash, zsh and fish. */

import { EVENTS } from "../arguments/event_names.ts";
import { COUNTED_TYPES } from "../stats/counted_events.ts";
import { type Flag, FLAGS } from "../arguments/flags.ts";
import {
  COLORS,
  ON_BUSY_MODES,
  type Shell,
  SHELLS,
} from "../arguments/options.ts";
import { SIGNAL_NAMES } from "../arguments/values.ts";

const EVENT_NAMES = EVENTS.map(({ name }) => name);

/** The words to complete the value of a flag with. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  "color": COLORS,
  "completions": SHELLS,
  "event": EVENT_NAMES,
  "on-busy": ON_BUSY_MODES,
  "signal": SIGNAL_NAMES,
  "sort": ["total", ...COUNTED_TYPES].flatMap((name) => [name, `-${name}`]),
};

const SCRIPTS: Readonly<Record<Shell, () => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

/** Returns the script for a shell. */
export function completions(shell: Shell): string {
  return SCRIPTS[shell]();
}

function bashScript(): string {
  const withValue = FLAGS.filter(({ value }) => value);
  const cases = Map.groupBy(withValue, bashAction).entries().map(
    ([action, flags]) =>
      `    ${flags.flatMap(spellings).join("|")})
      ${action}
      return
      ;;`,
  );
  return `# Completions of bash for inotify.
_inotify() {
  local word=\${COMP_WORDS[COMP_CWORD]} flag=\${COMP_WORDS[COMP_CWORD - 1]}
  # The equals sign of --flag=value is a word of its own.
  if [[ $word == = ]]; then
    word=
  elif [[ $flag == = ]]; then
    flag=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  COMPREPLY=()
  case $flag in
${cases.toArray().join("\n")}
  esac
  if [[ $word == -* ]]; then
    ${reply(`-W "${FLAGS.flatMap(spellings).join(" ")}" -- "$word"`)}
  else
    ${reply(FILES)}
  fi
}
complete -o filenames -F _inotify inotify
`;
}

const FILES = '-f -- "$word"';

/** Returns the bash code that completes the values of a flag. */
function bashAction(flag: Flag): string {
  const words = wordsOf(flag);
  if (flag.value === "FILE") return reply(FILES);
  if (isList(flag)) {
    const before = '"${word%"${word##*,}"}"';
    return reply(`-P ${before} -W "${words}" -- "\${word##*,}"`);
  }
  return words ? reply(`-W "${words}" -- "$word"`) : ":";
}

function reply(query: string): string {
  return `mapfile -t COMPREPLY < <(compgen ${query})`;
}

function zshScript(): string {
  const specs = FLAGS.map((flag) => {
    const { short, name, value, meaning } = flag;
    const explained = `[${meaning.replace(/[[\]\\]/g, "\\$&")}]`;
    const argument = value === undefined ? "" : `:${value}:${zshAction(flag)}`;
    const letter = short && `-${short}${value ? "+" : ""}`;
    return [letter, `--${name}${value ? "=" : ""}`]
      .filter((spelling) => spelling !== undefined)
      .map((spelling) => quote(`*${spelling}${explained}${argument}`))
      .join(" \\\n    ");
  });
  return `#compdef inotify
# Completions of zsh for inotify.
_inotify() {
  _arguments -s -S \\
    ${specs.join(" \\\n    ")} \\
    '*:PATH:_files'
}
if [[ \${funcstack[1]} == _inotify ]]; then
  _inotify "$@"
else
  compdef _inotify inotify
fi
`;
}

function zshAction(flag: Flag): string {
  if (flag.value === "FILE") return "_files";
  if (isList(flag)) return `_sequence compadd - ${wordsOf(flag)}`;
  return wordsOf(flag) && `(${wordsOf(flag)})`;
}

function fishScript(): string {
  const lines = FLAGS.map((flag) => {
    const { short, name, value, meaning } = flag;
    const words = isList(flag)
      ? `(__fish_append , ${wordsOf(flag)})`
      : wordsOf(flag);
    return [
      "complete -c inotify",
      short && `-s ${short}`,
      `-l ${name}`,
      value && (value === "FILE" ? "-r -F" : "-x"),
      words && `-a ${quote(words)}`,
      `-d ${quote(meaning)}`,
    ].filter((part) => part).join(" ");
  });
  return `# Completions of fish for inotify.\n${lines.join("\n")}\n`;
}

function wordsOf({ name }: Flag): string {
  return (WORDS[name] ?? []).join(" ");
}

/** Returns whether the value is a list of known words; `--exts` accepts any word. */
function isList({ name, value }: Flag): boolean {
  return value === "LIST" && WORDS[name] !== undefined;
}

function spellings({ short, name }: Flag): string[] {
  return short === undefined ? [`--${name}`] : [`-${short}`, `--${name}`];
}

/** Quotes a text as one word of all three shells. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
