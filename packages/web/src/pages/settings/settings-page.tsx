/** What those who manage a repository set: what it is, who may do what with it, who is told of what, and what stays. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { problemOf } from '../../api/api-error.ts';
import { callWithEtag } from '../../api/client.ts';
import { repositoryEditQuery, repositoryQuery, serverQuery } from '../../api/queries.ts';
import { useSend } from '../../api/use-send.ts';
import { useTexts } from '../../language/language.tsx';
import { problemText } from '../../language/problem-text.ts';
import { useSearch } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { usePageTitle } from '../../parts/page-title.ts';
import { EmptyState, Skeleton } from '../../parts/states.tsx';
import { useToast } from '../../parts/toasts.tsx';
import type { Visibility } from '../../parts/visibility-chip.tsx';
import { VisibilityChoice } from '../../parts/visibility-choice.tsx';
import type { RepositoryFacts } from '../repository/repository-head.tsx';
import { Access } from './access.tsx';
import { DeleteRepository } from './delete-repository.tsx';
import { Description } from './description.tsx';
import { BadgeRequests } from '../../parts/badge-requests/badge-requests.tsx';
import { Rename } from './rename.tsx';
import { SettingsTabs, settingsViews } from './settings-tabs.tsx';

const TagRules = lazy(async () => ({ default: (await import('./tag-rules.tsx')).TagRules }));
const PolicyForm = lazy(async () => ({ default: (await import('../../parts/policy/policy-form.tsx')).PolicyForm }));
const GoldenPolicy = lazy(async () => ({ default: (await import('../golden/golden-policy.tsx')).GoldenPolicy }));
const Retention = lazy(async () => ({ default: (await import('./retention.tsx')).Retention }));
const Trash = lazy(async () => ({ default: (await import('./trash.tsx')).Trash }));
const RepositoryWebhooks = lazy(async () => ({ default: (await import('./repository-webhooks.tsx')).RepositoryWebhooks }));

export function SettingsPage({ facts }: { facts: RepositoryFacts }) {
  const texts = useTexts();
  usePageTitle(texts.titles.settings(facts.name));
  const { data: server } = useQuery(serverQuery);
  const { view } = useSearch({ strict: false });
  if (!facts.may.includes('manage')) return <EmptyState title={texts.problems.titles.denied}>{texts.problems.denied}</EmptyState>;
  const views = settingsViews.filter((one) => one !== 'access' || server?.accounts === true);
  const here = views.find((one) => one === view) ?? 'general';
  return (
    <>
      <SettingsTabs repository={facts.name} views={views} here={here} />
      <div className="max-w-3xl">
        <Suspense fallback={<Skeleton />}>
          {here === 'general' && <General facts={facts} hasAccounts={server?.accounts === true} />}
          {here === 'access' && <Access repository={facts.name} />}
          {here === 'webhooks' && <RepositoryWebhooks repository={facts.name} />}
          {here === 'policy' && <PolicyForm of={{ repository: facts.name }} />}
          {here === 'golden' && <GoldenPolicy of={{ repository: facts.name }} />}
          {here === 'tag-rules' && <TagRules repository={facts.name} />}
          {here === 'retention' && <Retention repository={facts.name} />}
          {here === 'trash' && <Trash repository={facts.name} />}
        </Suspense>
      </div>
    </>
  );
}

function General({ facts, hasAccounts }: { facts: RepositoryFacts; hasAccounts: boolean }) {
  return (
    <div className="space-y-10">
      <Description repository={facts.name} />
      {hasAccounts && <VisibilitySetting facts={facts} />}
      {hasAccounts && <BadgeRequests of={{ repository: facts.name }} />}
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
  const change = useSend({
    mutationFn: ({ visibility }: { visibility: Visibility; before?: Visibility }) =>
      callWithEtag(
        'PATCH /repositories/{repository}',
        { params: { repository: facts.name }, body: { visibility } },
        queries.getQueryData(repositoryEditQuery(facts.name).queryKey),
      ),
    async onSuccess(_, { visibility, before }) {
      await queries.invalidateQueries({ queryKey: repositoryQuery(facts.name).queryKey });
      const undo = before === undefined ? {} : { undo: () => change.mutate({ visibility: before }) };
      toast({ text: texts.settings.visibilityChanged(texts.repository.titles[visibility]), ...undo });
    },
    onError(error) {
      toast({ text: problemText(problemOf(error), texts), isBad: true });
      void queries.invalidateQueries({ queryKey: repositoryQuery(facts.name).queryKey });
    },
  });
  return <VisibilityChoice chosen={facts.visibility} onChange={(visibility) => change.mutate({ visibility, before: facts.visibility })} />;
}
