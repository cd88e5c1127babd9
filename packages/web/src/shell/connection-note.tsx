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

  useEffect(
    () =>
      queries.getQueryCache().subscribe(({ query }) => {
        if (query.state.fetchFailureReason !== null && problemOf(query.state.fetchFailureReason).kind === 'offline') setIsOffline(true);
      }),
    [queries],
  );

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
