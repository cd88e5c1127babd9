import { Link } from '@tanstack/react-router';
import { call } from '../../api/client.ts';
import { ActForm, fieldText } from '../../parts/act-form.tsx';
import { FormField } from '../../parts/form-field.tsx';
import { ItemList } from '../../parts/item-list.tsx';
import { Section } from '../../parts/section.tsx';
import { useAct } from '../../parts/use-act.ts';
import { useOrganisationTexts } from './texts.ts';

export function Teams({ namespace }: { namespace: string }) {
  const texts = useOrganisationTexts();
  const create = useAct(
    (fields: FormData) =>
      call('POST /organisations/{namespace}/teams', {
        params: { namespace },
        body: { name: fieldText(fields, 'name'), description: fieldText(fields, 'description') },
      }),
    { concerns: [['teams', namespace]], said: (_, { name }) => ({ text: texts.teamMade(name) }) },
  );
  return (
    <>
      <Section title={texts.tabs.teams} hint={texts.teamsHint}>
        <ItemList
          of={['teams', namespace]}
          load={(page, signal) => call('GET /organisations/{namespace}/teams', { params: { namespace }, query: page, signal })}
          keyOf={({ name }) => name}
          row={({ name, description }) => (
            <>
              <Link to="/o/$" params={{ _splat: `${namespace}/teams/${name}` }} className="link font-medium">
                {name}
              </Link>
              <span className="text-muted">{description}</span>
            </>
          )}
          empty={texts.noTeams}
        />
      </Section>
      <Section title={texts.newTeam}>
        <ActForm act={create} submit={texts.createTeam} isLine>
          <div className="min-w-40">
            <FormField label={texts.name} name="name" required maxLength={64} autoComplete="off" autoCapitalize="none" spellCheck={false} />
          </div>
          <div className="min-w-60 grow">
            <FormField label={texts.description} name="description" maxLength={200} autoComplete="off" />
          </div>
        </ActForm>
      </Section>
    </>
  );
}
