import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { call } from '../api/client.ts';
import { forgetAll } from '../api/forget-all.ts';
import { selfQuery, serverQuery } from '../api/queries.ts';
import { useTexts } from '../language/language.tsx';
import { SignInLink } from '../parts/states.tsx';

export function WhoIsHere() {
  const { shell } = useTexts();
  const { data: server } = useQuery(serverQuery);
  const { data: self } = useQuery({ ...selfQuery, enabled: server?.accounts === true });
  const queries = useQueryClient();
  const navigate = useNavigate();
  const signOut = useMutation({
    mutationFn: () => call('DELETE /session'),
    async onSuccess() {
      await navigate({ to: '/' });
      await forgetAll(queries);
    },
  });
  if (server?.accounts !== true || self === undefined) return null;
  if (self.kind === 'anonymous') return <SignInLink />;
  return (
    <>
      <Link to="/mine" className="max-w-32 truncate rounded-md px-2 py-1.5 text-sm hover:bg-sunken" title={shell.signedInAs(self.name)}>
        {self.name}
      </Link>
      <button
        type="button"
        className="inline-flex h-9 items-center rounded-md px-2 text-sm text-muted hover:bg-sunken hover:text-text"
        onClick={() => signOut.mutate()}
      >
        {shell.signOut}
      </button>
    </>
  );
}
