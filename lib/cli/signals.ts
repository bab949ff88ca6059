/** The signals that the command listens for. */

import { Libc, loadSymbols } from "../kernel/libc.ts";
import type { ExitStatus, Reason } from "./source.ts";

/** The signals that ask for the end, by their numbers. */
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
const SIGTSTP = 20;
const SIG_DFL = 0n;
const SIG_IGN = 1n;
const SA_RESETHAND = 0x8000_0000n;

/** `struct sigaction`: the handler, flags, code and a mask. */
const DEFAULT = BigUint64Array.of(SIG_DFL, 0n, 0n, 0n);
const IGNORING = BigUint64Array.of(SIG_IGN, 0n, 0n, 0n);

/** The set of the signals that ask for the end, a bit for each. */
const MASK = BigUint64Array.of(
  Object.values(INTERRUPTS).reduce((mask, n) => mask | 1n << BigInt(n - 1), 0n),
);

/** Whether nohup(1), or who else has started this, had SIGHUP ignored. */
let isHangupIgnored: boolean | undefined;

/** Calls `listener` for each `signal`, until it is disposed of. */
export function onSignal(
  signal: Deno.Signal,
  listener: () => void,
): Disposable {
  // With its first listener, Deno has SIGHUP end the process again.
  isHangupIgnored ??= ignoresHangup();
  const listening = new DisposableStack();
  Deno.addSignalListener(signal, listener);
  listening.defer(() => Deno.removeSignalListener(signal, listener));
  return listening;
}

/**
 * Has the kernel drop SIGUSR1 for the rest of the process.
 *
 * Without a listener it kills, and Deno gives up all listeners before the
 * process has come to its end.
 */
export function ignoreSigusr1(): void {
  sigaction(SIGUSR1, IGNORING);
}

/**
 * Ends the process: with an exit status, or by a signal, as if nothing had
 * listened for it. A shell ends the loop around a command that SIGINT has
 * killed, and goes on after one that exits with any status.
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
  // The first process of a container is not killed by default.
  Deno.exit(shellStatus(status));
}

/** The number that a shell reports for a process that has ended so. */
export function shellStatus(status: ExitStatus): number {
  return typeof status === "number" ? status : 128 + INTERRUPTS[status];
}

/** Stops this process and all others of its job, as Ctrl-Z does. */
export function stopJob(): void {
  const { kill } = loadSymbols({
    /** `int kill(pid_t pid, int sig)` */
    kill: { parameters: ["i32", "i32"], result: "i32" },
  }).symbols;
  kill(0, SIGTSTP);
}

/** Why it ends when this signal, or its key, asks for that. */
export function interruption(signal: Interrupt): Reason {
  return { status: signal, note: "Interrupted, exiting" };
}

/**
 * Calls `interrupt` with the reason for the first SIGHUP, SIGINT or SIGTERM,
 * but not for a SIGHUP that is to be ignored.
 *
 * A second one kills the process, as it does without a listener: the first may
 * wait for a reader of standard output that never comes back.
 */
export function onInterrupt(interrupt: (reason: Reason) => void): Disposable {
  const listening = onInterrupts((reason) => {
    listening.dispose();
    interrupt(reason);
  });
  return listening;
}

/** The same for each of them: none kills the process. */
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
 * Has the kernel itself kill the process at the second SIGHUP, SIGINT or SIGTERM
 * from now on, after listeners were added: this thread may be in a system call
 * that does not return, or in a filter that takes for ever.
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
  // In this thread the first one might only be pending. Another one takes it.
  const before = changeMask(SIG_BLOCK, MASK);
  killing.defer(() => changeMask(SIG_SETMASK, before));
  return killing;
}

/** Changes which signals are blocked in this thread; returns which were before. */
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
 * What the kernel did at `signal` until now, and what it does from now on: its
 * own `struct sigaction`, in which the handler is followed by flags, code and a
 * mask.
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
