/** The arguments of the command are wrong; the message says which, and how. */
export class UsageError extends Error {}
