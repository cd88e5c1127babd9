/** Whether the server says that it can do its work; false as well when it cannot be reached. */
export async function isReady(signal: AbortSignal): Promise<boolean> {
  try {
    return (await fetch('/readyz', { signal })).ok;
  } catch (error) {
    if (signal.aborted) throw error;
    return false;
  }
}
