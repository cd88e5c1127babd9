import { Link } from '@tanstack/react-router';
import { call } from '../../api/client.ts';
import { ActForm, fieldText } from '../../parts/act-form.tsx';
import { FormField } from '../../parts/form-field.tsx';
import { ItemList } from '../../parts/item-list.tsx';
import { Section } from '../../parts/section.tsx';
import { useAct } from '../../parts/use-act.ts';
import { useOrganisationTexts } from './texts.ts';

export function Robots({ namespace }: { namespace: string }) {
  const texts = useOrganisationTexts();
  const create = useAct(
    (fields: FormData) =>
      call('POST /namespaces/{namespace}/robots', {
        params: { namespace },
        body: { name: fieldText(fields, 'name'), description: fieldText(fields, 'description') },
      }),
    { concerns: [['robots', namespace]], said: (_, { login }) => ({ text: texts.robotMade(login) }) },
  );
  return (
    <>
      <Section title={texts.tabs.robots} hint={texts.robotsHint}>
        <ItemList
          of={['robots', namespace]}
          load={(page, signal) => call('GET /namespaces/{namespace}/robots', { params: { namespace }, query: page, signal })}
          keyOf={({ name }) => name}
          row={({ name, login, description, disabledAt }) => (
            <>
              <Link to="/o/$" params={{ _splat: `${namespace}/robots/${name}` }} className="link font-medium">
                {login}
              </Link>
              {disabledAt !== undefined && <span className="chip">{texts.disabled}</span>}
              <span className="text-muted">{description}</span>
            </>
          )}
          empty={texts.noRobots}
        />
      </Section>
      <Section title={texts.newRobot}>
        <ActForm act={create} submit={texts.createRobot} isLine>
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
