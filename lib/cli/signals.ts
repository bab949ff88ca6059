/** The signals of the command, and how it ends by one. */

import { Libc, loadSymbols } from "../kernel/libc.ts";
import type { ExitStatus, Reason } from "./source.ts";

/** The signals that end the command, with their numbers. */
const INTERRUPTS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

type Interrupt = keyof typeof INTERRUPTS;

const [SYS_rt_sigaction, SYS_rt_sigprocmask] = Deno.build.arch === "aarch64"
  ? [134n, 135n]
  : [13n, 14n];
const SIG_BLOCK = 0;
const SIG_UNBLOCK = 1;
const SIG_SETMASK = 2;
const SIGSET_SIZE = 8n;
const SIGUSR1 = 10;
const SIGSTOP = 19;
const SIGTSTP = 20;
const SIG_DFL = 0n;
const SIG_IGN = 1n;
const SA_RESETHAND = 0x8000_0000n;

/** `struct sigaction`: the handler, flags, code and a mask. */
const DEFAULT = BigUint64Array.of(SIG_DFL, 0n, 0n, 0n);
const IGNORING = BigUint64Array.of(SIG_IGN, 0n, 0n, 0n);

/** The set of these signals, with a bit for each. */
const MASK = BigUint64Array.of(
  Object.values(INTERRUPTS).reduce((mask, n) => mask | 1n << BigInt(n - 1), 0n),
);

/** Whether SIGHUP was ignored at the start, as with nohup(1). */
let isHangupIgnored: boolean | undefined;

/** Calls `listener` for each `signal`, until it is disposed of. */
export function onSignal(
  signal: Deno.Signal,
  listener: () => void,
): Disposable {
  // Deno resets SIGHUP to its default action when the first listener is added.
  isHangupIgnored ??= ignoresHangup();
  const listening = new DisposableStack();
  Deno.addSignalListener(signal, listener);
  listening.defer(() => Deno.removeSignalListener(signal, listener));
  return listening;
}

/**
 * Ignores SIGUSR1 for the rest of the process.
 *
 * Without a listener it kills the process, and Deno removes all listeners before
 * the process has ended.
 */
export function ignoreSigusr1(): void {
  sigaction(SIGUSR1, IGNORING);
}

/**
 * Ends the process with an exit status, or by a signal, as if there had been no
 * listener. A shell ends a loop if SIGINT killed its command, but continues the
 * loop if the command exits with a status.
 */
export function endProcess(status: ExitStatus): never {
  if (typeof status === "number") Deno.exit(status);
  const signal = INTERRUPTS[status];
  sigaction(signal, DEFAULT);
  changeMask(SIG_UNBLOCK, MASK);
  const { raise } = loadSymbols({
    /** `int raise(int sig)` */
    raise: { parameters: ["i32"], result: "i32" },
  }).symbols;
  raise(signal);
  // The default action of a signal does not kill the first process of a container.
  Deno.exit(shellStatus(status));
}

/** Returns the status that a shell reports for a process. */
export function shellStatus(status: ExitStatus): number {
  return typeof status === "number" ? status : 128 + INTERRUPTS[status];
}

/** Stops this process and the others of its job, as Ctrl-Z does. */
export function stopJob(): void {
  const { kill } = loadSymbols({
    /** `int kill(pid_t pid, int sig)` */
    kill: { parameters: ["i32", "i32"], result: "i32" },
  }).symbols;
  kill(0, SIGTSTP);
}

/** Stops this process, whatever listens for signals. */
export function stopProcess(): void {
  const { raise } = loadSymbols({
    /** `int raise(int sig)` */
    raise: { parameters: ["i32"], result: "i32" },
  }).symbols;
  raise(SIGSTOP);
}

/** Returns the reason to end after a signal, or after its key. */
export function interruption(signal: Interrupt): Reason {
  return { status: signal, note: "Interrupted, exiting" };
}

/**
 * Calls `interrupt` with the reason for the first SIGHUP, SIGINT or SIGTERM. A
 * SIGHUP that was ignored at the start stays ignored.
 *
 * A second signal kills the process, as without a listener: after the first, the
 * process may wait for a reader of standard output that has stopped reading.
 */
export function onInterrupt(interrupt: (reason: Reason) => void): Disposable {
  const listening = onInterrupts((reason) => {
    listening.dispose();
    interrupt(reason);
  });
  return listening;
}

/** Calls `interrupt` for each of these signals: none ends the process. */
export function onInterrupts(
  interrupt: (reason: Reason) => void,
): DisposableStack {
  const listening = new DisposableStack();
  for (const signal of Object.keys(INTERRUPTS) as Interrupt[]) {
    const listener = () => {
      if (signal === "SIGHUP" && isHangupIgnored) return;
      interrupt(interruption(signal));
    };
    listening.use(onSignal(signal, listener));
  }
  return listening;
}

/**
 * Makes the kernel itself kill the process at the second SIGHUP, SIGINT or
 * SIGTERM. Call it after listeners were added. This thread may block in a system
 * call that does not return, or in a filter that never ends.
 */
export function killAtSecondInterrupt(): Disposable {
  const killing = new DisposableStack();
  for (const [signal, number] of Object.entries(INTERRUPTS)) {
    if (signal === "SIGHUP" && isHangupIgnored) continue;
    const action = sigaction(number, null);
    const [handler = 0n, flags = 0n, ...rest] = action;
    sigaction(
      number,
      BigUint64Array.of(handler, flags | SA_RESETHAND, ...rest),
    );
    killing.defer(() => sigaction(number, action));
  }
  // If this thread blocks, it would leave the first signal pending. With the
  // signals blocked here, another thread gets it.
  const before = changeMask(SIG_BLOCK, MASK);
  killing.defer(() => changeMask(SIG_SETMASK, before));
  return killing;
}

/** Changes the blocked signals of this thread; returns the previous set. */
function changeMask(
  how: number,
  mask: BigUint64Array<ArrayBuffer>,
): BigUint64Array<ArrayBuffer> {
  using libc = Libc.acquire();
  const { syscall } = libc.symbols;
  const before = new BigUint64Array(1);
  const [to, from] = [libc.addressOf(mask), libc.addressOf(before)];
  libc.check(
    () => syscall(SYS_rt_sigprocmask, how, to, from, SIGSET_SIZE),
    "rt_sigprocmask",
  );
  return before;
}

function ignoresHangup(): boolean {
  const [handler] = sigaction(INTERRUPTS.SIGHUP, null);
  return handler === SIG_IGN;
}

/**
 * Sets the action of a signal, unless it is null, and returns the previous one. It
 * is the kernel's `struct sigaction`: the handler, then flags, code and a mask.
 */
function sigaction(
  signal: number,
  action: BigUint64Array<ArrayBuffer> | null,
): BigUint64Array<ArrayBuffer> {
  using libc = Libc.acquire();
  const { syscall } = libc.symbols;
  const before = new BigUint64Array(4);
  const [to, from] = [action && libc.addressOf(action), libc.addressOf(before)];
  libc.check(
    () => syscall(SYS_rt_sigaction, signal, to, from, SIGSET_SIZE),
    "rt_sigaction",
  );
  return before;
}
