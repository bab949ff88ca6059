/** The files for which `--exec` does not run: those that only tools use. */

/** Lines of .gitignore for the directories of version control systems. */
export const VERSION_CONTROL: readonly string[] = [
  ".git",
  ".hg",
  ".jj",
  ".svn",
];

/** The names of files that editors write beside the one that they edit. */
const SCRATCH_NAMES: readonly RegExp[] = [
  // A backup of many editors.
  /~$/,
  // Vim: swap files, and a test whether the directory can be written to.
  /^\..*\.sw[a-z]x?$/,
  /^4913$/,
  // Emacs: locks, and what it saves while it is edited.
  /^\.#/,
  /^#.*#$/,
  // LibreOffice, Kate, GLib, JetBrains, sed -i.
  /^\.~lock\..*#$/,
  /\.kate-swp$/,
  /^\.goutputstream-/,
  /___jb_(?:tmp|old)___$/,
  /^sed\w{6}$/,
];

/** Returns whether the file at `path` is used only by an editor. */
export function isScratch(path: string): boolean {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return SCRATCH_NAMES.some((pattern) => pattern.test(name));
}
