/** Calls `work` again and again, without keeping the process alive for it. Disposing ends it. */
export function every(ms: number, work: () => void): Disposable {
  const timer = setInterval(work, ms);
  timer.unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
