/** The server's own named limits (I6); those of the rules are in `config/`. */

/** A connection on which nothing moves for this long is closed: the longest that the runtime allows. */
export const idleTimeoutSeconds = 255;
