import { useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useCallback, useEffect, useState } from 'react';
import { selfQuery } from '../api/queries.ts';
import { onSessionEnd, tellReturn, workAs } from '../api/session-end.ts';

const LogInAgain = lazy(async () => ({ default: (await import('./log-in-again.tsx')).LogInAgain }));

type Asked = { readonly name: string; readonly answer: (isBack: boolean) => void };

export function SessionKeeper() {
  const { data: self } = useQuery({ ...selfQuery, enabled: false });
  const queries = useQueryClient();
  const [asked, setAsked] = useState<Asked>();
  useEffect(() => workAs(self?.kind === 'user' ? self.name : undefined), [self]);
  useEffect(() => onSessionEnd((name) => new Promise((answer) => setAsked({ name, answer }))), []);
  const end = useCallback(
    (isBack: boolean) => {
      if (asked === undefined) return;
      setAsked(undefined);
      asked.answer(isBack);
      if (isBack) tellReturn();
      else void queries.invalidateQueries({ queryKey: selfQuery.queryKey });
    },
    [asked, queries],
  );
  if (asked === undefined) return null;
  return (
    <Suspense fallback={null}>
      <LogInAgain name={asked.name} onEnd={end} />
    </Suspense>
  );
}
