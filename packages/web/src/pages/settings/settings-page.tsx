/** Who may see a repository, who may do what with it, and what it is called. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { problemOf } from '../../api/api-error.ts';
import { call } from '../../api/client.ts';
import { repositoryQuery, serverQuery } from '../../api/queries.ts';
import { useTexts } from '../../language/language.tsx';
import { problemText } from '../../language/problem-text.ts';
import { usePageTitle } from '../../parts/page-title.ts';
import { EmptyState } from '../../parts/states.tsx';
import { useToast } from '../../parts/toasts.tsx';
import type { Visibility } from '../../parts/visibility-chip.tsx';
import { VisibilityChoice } from '../../parts/visibility-choice.tsx';
import type { RepositoryFacts } from '../repository/repository-head.tsx';
import { Access } from './access.tsx';
import { DeleteRepository } from './delete-repository.tsx';
import { Description } from './description.tsx';
import { Rename } from './rename.tsx';

export function SettingsPage({ facts }: { facts: RepositoryFacts }) {
  const texts = useTexts();
  usePageTitle(texts.titles.settings(facts.name));
  const { data: server } = useQuery(serverQuery);
  if (!facts.may.includes('manage')) return <EmptyState title={texts.problems.titles.denied}>{texts.problems.denied}</EmptyState>;
  return (
    <div className="max-w-3xl space-y-10">
      <Description facts={facts} />
      {server?.accounts === true && <VisibilitySetting facts={facts} />}
      {server?.accounts === true && <Access repository={facts.name} />}
      <Rename repository={facts.name} />
      {facts.may.includes('delete') && <DeleteRepository repository={facts.name} />}
    </div>
  );
}

/** Takes effect at once, and can be undone. */
function VisibilitySetting({ facts }: { facts: RepositoryFacts }) {
  const texts = useTexts();
  const queries = useQueryClient();
  const toast = useToast();
  const change = useMutation({
    mutationFn: ({ visibility }: { visibility: Visibility; before?: Visibility }) =>
      call('PATCH /repositories/{repository}', { params: { repository: facts.name }, body: { visibility } }),
    async onSuccess(_, { visibility, before }) {
      await queries.invalidateQueries({ queryKey: repositoryQuery(facts.name).queryKey });
      const undo = before === undefined ? {} : { undo: () => change.mutate({ visibility: before }) };
      toast({ text: texts.settings.visibilityChanged(texts.repository.titles[visibility]), ...undo });
    },
    onError: (error) => toast({ text: problemText(problemOf(error), texts), isBad: true }),
  });
  return <VisibilityChoice chosen={facts.visibility} onChange={(visibility) => change.mutate({ visibility, before: facts.visibility })} />;
}
