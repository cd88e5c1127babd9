import { useMutation, useQueryClient } from '@tanstack/react-query';
import { problemOf } from '../../api/api-error.ts';
import { call } from '../../api/client.ts';
import { repositoryQuery } from '../../api/queries.ts';
import { useTexts } from '../../language/language.tsx';
import { problemText } from '../../language/problem-text.ts';
import { FormField } from '../../parts/form-field.tsx';
import { useToast } from '../../parts/toasts.tsx';
import { textOf } from '../account/account-form.tsx';
import type { RepositoryFacts } from '../repository/repository-head.tsx';

const lengthMax = 200;

/** The line that search finds and shows. */
export function Description({ facts }: { facts: RepositoryFacts }) {
  const texts = useTexts();
  const queries = useQueryClient();
  const toast = useToast();
  const change = useMutation({
    mutationFn: (description: string) => call('PATCH /repositories/{repository}', { params: { repository: facts.name }, body: { description } }),
    async onSuccess() {
      await queries.invalidateQueries({ queryKey: repositoryQuery(facts.name).queryKey });
      toast({ text: texts.settings.saved });
    },
  });
  return (
    <form
      className="flex flex-wrap items-end gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        change.mutate(textOf(new FormData(event.currentTarget), 'description'));
      }}
    >
      <div className="min-w-64 grow">
        <FormField
          label={texts.settings.description}
          hint={texts.settings.descriptionHint}
          name="description"
          defaultValue={facts.description}
          maxLength={lengthMax}
          problem={change.error ? problemText(problemOf(change.error), texts) : undefined}
        />
      </div>
      <button type="submit" className="button sm:mb-[25px]" disabled={change.isPending}>
        {texts.settings.save}
      </button>
    </form>
  );
}
