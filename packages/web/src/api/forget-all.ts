import type { QueryClient } from '@tanstack/react-query';

/** Who looks is somebody else now: what was seen with other rights is forgotten, and what is on the page asked for again. */
export async function forgetAll(queries: QueryClient): Promise<void> {
  queries.removeQueries({ type: 'inactive' });
  await queries.resetQueries();
}
