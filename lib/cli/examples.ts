/** What the command can be used for, for the help and the manual. */

/** A command line, with the command by the name under which it is installed. */
export interface Example {
  readonly line: string;
  readonly meaning: string;
}

/** From the simple to the less so. */
export const EXAMPLES: readonly Example[] = [
  { line: "inotify -r src", meaning: "what changes below src" },
  {
    line: "inotify -q1e close_write --wait a.iso",
    meaning: "until a.iso is complete",
  },
  {
    line: "inotify -r --json --ignore .git . | jq .type",
    meaning: "for other programs",
  },
  { line: "inotify -rx src -- make", meaning: "build after each change" },
  {
    line: 'inotify -d -o "$HOME/log" -r /srv',
    meaning: "in the background",
  },
];
