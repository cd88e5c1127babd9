/** Grants that reach this repository: made here for it alone, or for more of its namespace. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { problemOf } from '../../api/api-error.ts';
import { type Answer, call } from '../../api/client.ts';
import { useSend } from '../../api/use-send.ts';
import { useTexts } from '../../language/language.tsx';
import { problemText } from '../../language/problem-text.ts';
import { ErrorState, Skeleton } from '../../parts/states.tsx';
import { useToast } from '../../parts/toasts.tsx';
import { GrantForm, type NewGrant } from './grant-form.tsx';

type Grant = Answer<'GET /namespaces/{namespace}/grants'>['items'][number];

export function Access({ repository }: { repository: string }) {
  const texts = useTexts();
  const { settings } = texts;
  const slash = repository.indexOf('/');
  // Names without a namespace are the whole server's.
  const namespace = slash < 0 ? 'server' : repository.slice(0, slash);
  const queries = useQueryClient();
  const toast = useToast();
  const key = ['grants', namespace];
  const grants = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => call('GET /namespaces/{namespace}/grants', { params: { namespace }, query: { limit: 1000 }, signal }),
  });
  const refresh = () => void queries.invalidateQueries({ queryKey: key });
  const add = useSend({
    mutationFn: (grant: NewGrant) => call('POST /namespaces/{namespace}/grants', { params: { namespace }, body: { ...grant, repositories: repository } }),
    onSuccess: refresh,
  });
  const remove = useSend({
    mutationFn: ({ id }: Grant) => call('DELETE /namespaces/{namespace}/grants/{grant}', { params: { namespace, grant: id } }),
    onSuccess(_, { id: _id, createdAt: _at, createdBy: _by, actions, ...grant }) {
      refresh();
      toast({
        text: settings.grantRemoved,
        undo: async () => {
          await call('POST /namespaces/{namespace}/grants', { params: { namespace }, body: { ...grant, actions } });
          refresh();
        },
      });
    },
    onError: (error) => toast({ text: problemText(problemOf(error), texts), isBad: true }),
  });
  if (grants.isPending) return <Skeleton rows={3} />;
  if (grants.isError) return <ErrorState error={grants.error} retry={() => void grants.refetch()} />;
  const reaching = grants.data.items.filter((grant) => reaches(grant.repositories, repository));
  return (
    <section aria-labelledby="access">
      <h2 id="access">{settings.access}</h2>
      <p className="mt-1 mb-3 text-muted">{settings.accessHint}</p>
      {reaching.length > 0 && (
        <ul className="mb-4 border-t border-line">
          {reaching.map((grant) => (
            <li key={grant.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-line py-2">
              <span className="min-w-40 font-medium">
                {settings.subjects[grant.subject.kind]} {grant.subject.name}
              </span>
              <span className={grant.effect === 'deny' ? 'text-bad' : ''}>
                {grant.effect === 'deny' ? settings.mayNot(settings.actionsText(grant.actions)) : settings.actionsText(grant.actions)}
              </span>
              {grant.repositories !== repository && <span className="chip font-mono">{grant.repositories}</span>}
              {Object.keys(grant.conditions).length > 0 && <span className="chip">{settings.conditional}</span>}
              <button type="button" className="button ml-auto" disabled={remove.isPending} onClick={() => remove.mutate(grant)}>
                {settings.remove}
              </button>
            </li>
          ))}
        </ul>
      )}
      <GrantForm
        isPending={add.isPending}
        problem={add.error ? problemText(problemOf(add.error), texts) : undefined}
        onAdd={(grant) => add.mutateAsync(grant)}
      />
    </section>
  );
}

/** The patterns of the server: `acme/app`, `acme/*`, `acme/**`. */
function reaches(pattern: string, repository: string): boolean {
  if (pattern.endsWith('/**')) return repository.startsWith(pattern.slice(0, -2));
  if (pattern === '**' || pattern === repository) return true;
  const parts = pattern.split('/');
  const named = repository.split('/');
  return parts.length === named.length && parts.every((part, index) => part === '*' || part === named[index]);
}
