/** How long until the next try: it doubles, up to a longest, and half of it is chance, so that what failed together does not come back together. */
export type RetryPolicy = { readonly attemptsMax: number; readonly firstMs: number; readonly longestMs: number };

/** `attempts`: how many have failed, 1 at least. `jitter` is from 0 up to 1. */
export function retryDelayMs({ firstMs, longestMs }: RetryPolicy, attempts: number, jitter: number): number {
  // Far beyond any policy, and still a number: 2 ** 1100 is none.
  const doubled = firstMs * 2 ** Math.min(attempts - 1, 60);
  return Math.round(Math.min(doubled, longestMs) * (0.5 + jitter / 2));
}

/** Without chance, what all tries take at the least. */
export function retrySpanMs(policy: RetryPolicy): number {
  return Array.from({ length: policy.attemptsMax - 1 }, (_, index) => retryDelayMs(policy, index + 1, 0)).reduce((sum, delay) => sum + delay, 0);
}
