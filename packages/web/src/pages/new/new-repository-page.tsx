import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { problemOf } from '../../api/api-error.ts';
import { call } from '../../api/client.ts';
import { selfQuery, serverQuery } from '../../api/queries.ts';
import { useSend } from '../../api/use-send.ts';
import { useTexts } from '../../language/language.tsx';
import { problemText } from '../../language/problem-text.ts';
import { FormField } from '../../parts/form-field.tsx';
import { usePageTitle } from '../../parts/page-title.ts';
import { EmptyState, SignInLink, Skeleton } from '../../parts/states.tsx';
import { VisibilityChoice } from '../../parts/visibility-choice.tsx';
import { repositoryPath } from '../../repository-address.ts';
import { AccountForm, textOf } from '../account/account-form.tsx';
import { useNamespaces } from './use-namespaces.ts';

/** Makes an empty repository. A first push makes one as well; this is for who wants to say beforehand who may see it. */
export function NewRepositoryPage() {
  const texts = useTexts();
  const { create } = texts;
  usePageTitle(create.title);
  const navigate = useNavigate();
  const { data: server } = useQuery(serverQuery);
  const { data: self } = useQuery(selfQuery);
  const namespaces = useNamespaces();
  const made = useSend({
    mutationFn: ({ name, visibility }: { name: string; visibility: 'public' | 'internal' | 'private' }) =>
      call('PUT /repositories/{repository}', { params: { repository: name }, body: { visibility } }),
    onSuccess: ({ name }) => navigate({ to: '/r/$', params: { _splat: repositoryPath(name) } }),
  });
  if (server === undefined || self === undefined) return <Skeleton />;
  if (server.accounts && self.kind === 'anonymous') {
    return (
      <EmptyState isPage title={create.signIn}>
        <SignInLink />
      </EmptyState>
    );
  }
  const problem = made.error && problemOf(made.error);
  return (
    <AccountForm
      title={create.title}
      problem={problem ? problemText(problem, texts) : undefined}
      onSubmit={(fields) => {
        const namespace = textOf(fields, 'namespace');
        const visibility = textOf(fields, 'visibility');
        made.mutate({
          name: (namespace === '' ? '' : `${namespace}/`) + textOf(fields, 'name').trim(),
          visibility: visibility === 'private' || visibility === 'internal' ? visibility : 'public',
        });
      }}
    >
      {namespaces.length > 0 && (
        <label className="block">
          <span className="mb-1 block font-medium">{create.namespace}</span>
          <select name="namespace" className="field">
            {namespaces.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
      )}
      <FormField label={create.name} hint={create.nameHint} name="name" required autoFocus autoComplete="off" autoCapitalize="none" spellCheck={false} />
      {server.accounts && <VisibilityChoice />}
      <button type="submit" className="button button-main w-full" disabled={made.isPending}>
        {create.submit}
      </button>
    </AccountForm>
  );
}
