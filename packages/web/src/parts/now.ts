/** The one place where the pages read the clock. */
import { useEffect, useState } from 'react';

export function now(): number {
  return Date.now();
}

/** Moves on each half minute, for texts such as "2 minutes ago". */
export function useNow(): number {
  const [at, setAt] = useState(now);
  useEffect(() => {
    const timer = setInterval(() => setAt(now()), 30_000);
    return () => clearInterval(timer);
  }, []);
  return at;
}

/** Of the reader's clock against UTC, at this moment. */
export function offsetMinutesAt(at = now()): number {
  return -new Date(at).getTimezoneOffset();
}
