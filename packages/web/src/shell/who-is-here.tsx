import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { call } from '../api/client.ts';
import { forgetAll } from '../api/forget-all.ts';
import { selfQuery, serverQuery } from '../api/queries.ts';
import { useReturns, workAs } from '../api/session-end.ts';
import { useSend } from '../api/use-send.ts';
import { SignInLink } from '../parts/states.tsx';
import { AccountMenu } from './account-menu.tsx';
import { NoticeBell } from './notice-bell.tsx';

export function WhoIsHere() {
  const { data: server } = useQuery(serverQuery);
  const { data: self } = useQuery({ ...selfQuery, enabled: server?.accounts === true });
  const queries = useQueryClient();
  const navigate = useNavigate();
  const signOut = useSend({
    mutationFn: () => call('DELETE /session'),
    async onSuccess() {
      workAs(undefined);
      await navigate({ to: '/' });
      await forgetAll(queries);
    },
  });
  const returns = useReturns();
  if (server?.accounts !== true || self === undefined) return null;
  if (self.kind === 'anonymous') return <SignInLink />;
  return (
    <>
      {self.kind === 'user' && <NoticeBell key={returns} />}
      <AccountMenu self={self} onSignOut={() => signOut.mutate()} />
    </>
  );
}
