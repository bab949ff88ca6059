/** The constants of open(2) and openat2(2) that opening a directory takes. */

export const O_CLOEXEC = 0o2000000;
export const O_PATH = 0o10000000;

// Two flags of open(2) whose numbers depend on the architecture.
export const [O_DIRECTORY, O_NOFOLLOW] = Deno.build.arch === "aarch64"
  ? [0o40000, 0o100000] as const
  : [0o200000, 0o400000] as const;

// The same on every architecture, as all system calls that are so new.
export const SYS_openat2 = 437n;
export const AT_FDCWD = -100;
export const RESOLVE_NO_XDEV = 1n;
export const RESOLVE_NO_SYMLINKS = 4n;
