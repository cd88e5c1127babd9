import { useQuery } from '@tanstack/react-query';
import { callWithEtag } from '../../api/client.ts';
import { repositoryEditQuery, repositoryQuery } from '../../api/queries.ts';
import { useTexts } from '../../language/language.tsx';
import { fieldText } from '../../parts/act-form.tsx';
import { EditForm } from '../../parts/edits/edit-form.tsx';
import { FormField } from '../../parts/form-field.tsx';
import { ErrorState, Skeleton } from '../../parts/states.tsx';
import type { RepositoryFacts } from '../repository/repository-head.tsx';

const lengthMax = 200;

/** The line that search finds and shows. */
export function Description({ repository }: { repository: string }) {
  const texts = useTexts();
  const now = useQuery(repositoryEditQuery(repository));
  const describe = ({ description, visibility }: RepositoryFacts) =>
    [
      [texts.settings.description, description],
      [texts.repository.visibility, texts.repository[visibility]],
    ] as const;
  if (now.data === undefined) return now.isError ? <ErrorState error={now.error} retry={() => void now.refetch()} /> : <Skeleton rows={2} />;
  return (
    <EditForm
      now={now.data}
      describe={describe}
      save={(fields, seen) =>
        callWithEtag('PATCH /repositories/{repository}', { params: { repository }, body: { description: fieldText(fields, 'description') } }, seen)
      }
      concerns={[repositoryQuery(repository).queryKey]}
      said={() => ({ text: texts.settings.saved })}
      isQuiet
    >
      {({ description }) => (
        <FormField
          label={texts.settings.description}
          hint={texts.settings.descriptionHint}
          name="description"
          defaultValue={description}
          maxLength={lengthMax}
        />
      )}
    </EditForm>
  );
}
