/** The server's own named limits (I6); those of the rules are in `config/`. */

/** A connection on which nothing moves for this long is closed: the longest that the runtime allows. */
export const idleTimeoutSeconds = 255;

/** A connection that has not ended its TLS handshake by then is closed. */
export const handshakeTimeoutMs = 10_000;

/** A connection whose first request has not got through its headers by then is closed, however lively it drips. */
export const firstRequestTimeoutMs = 30_000;

/** Longer lists of proxies are no longer read. */
export const forwardedMaxLength = 4096;
