import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Answer } from '../api/client.ts';
import { selfQuery, serverQuery } from '../api/queries.ts';
import { useFormTexts } from '../language/form-texts.ts';
import { useTexts } from '../language/language.tsx';
import { EmptyState, ErrorState, SignInLink, Skeleton } from './states.tsx';

export type Person = NonNullable<Answer<'GET /user'>['user']>;

/** What only somebody with an account can use. */
export function ForPeople({ children }: { children: (person: Person) => ReactNode }) {
  const { account } = useTexts();
  const texts = useFormTexts();
  const server = useQuery(serverQuery);
  const self = useQuery(selfQuery);
  if (server.data?.accounts === false) return <EmptyState title={account.noAccounts} />;
  if (self.isError) return <ErrorState error={self.error} retry={() => void self.refetch()} />;
  if (self.isPending) return <Skeleton />;
  if (self.data.user === undefined) {
    return (
      <EmptyState title={texts.signIn}>
        <p className="mt-4">
          <SignInLink />
        </p>
      </EmptyState>
    );
  }
  return children(self.data.user);
}
