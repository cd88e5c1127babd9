import type { QueryClient } from '@tanstack/react-query';
import { workAs } from './session-end.ts';

/** Who looks is somebody else now: what was seen with other rights is forgotten, and what is on the page asked for again. */
export async function forgetAll(queries: QueryClient): Promise<void> {
  workAs(undefined);
  queries.removeQueries({ type: 'inactive' });
  await queries.resetQueries();
}
