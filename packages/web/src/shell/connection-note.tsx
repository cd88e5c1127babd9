import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { problemOf } from '../api/api-error.ts';
import { call } from '../api/client.ts';
import { useTexts } from '../language/language.tsx';

const lookAgainMs = 3000;

/** Says that the server cannot be reached, looks until it can, and then has everything asked for again. */
export function ConnectionNote() {
  const { shell } = useTexts();
  const queries = useQueryClient();
  const [isOffline, setIsOffline] = useState(false);

  useEffect(() => {
    function look(reason: unknown): void {
      if (reason !== null && reason !== undefined && problemOf(reason).kind === 'offline') setIsOffline(true);
    }
    const endings = [
      queries.getQueryCache().subscribe(({ query }) => look(query.state.fetchFailureReason)),
      // Whoever fills in a form asks for nothing until they send it.
      queries.getMutationCache().subscribe(({ mutation }) => look(mutation?.state.error)),
    ];
    return () => endings.forEach((end) => end());
  }, [queries]);

  useEffect(() => {
    if (!isOffline) return undefined;
    const timer = setInterval(() => {
      void call('GET /server').then(
        () => {
          setIsOffline(false);
          void queries.invalidateQueries();
        },
        () => undefined,
      );
    }, lookAgainMs);
    return () => clearInterval(timer);
  }, [isOffline, queries]);

  if (!isOffline) return null;
  return (
    <p role="status" className="border-b border-line bg-bad-soft px-4 py-2 text-center text-sm text-bad">
      {shell.offline}
    </p>
  );
}
