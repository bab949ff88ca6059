/** What holds of every timer, whoever starts it. */

/** The longest that a timer waits, in milliseconds: one of more ends at once. */
export const LONGEST = 2 ** 31 - 1;
