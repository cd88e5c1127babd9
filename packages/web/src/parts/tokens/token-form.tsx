import type { QueryKey } from '@tanstack/react-query';
import type { Answer } from '../../api/client.ts';
import type { Api } from '../../api/schema.ts';
import { ActForm, fieldText, fieldWords } from '../act-form.tsx';
import { FormField } from '../form-field.tsx';
import { now } from '../now.ts';
import { Section } from '../section.tsx';
import type { ShownSecret } from '../secret-dialog.tsx';
import { SelectField } from '../select-field.tsx';
import { useAct } from '../use-act.ts';
import { useTokenTexts } from './texts.ts';

type NewToken = Api['POST /user/tokens']['body'];
type Props = {
  /** Of whom: what `docker login -u` wants. */ login: string;
  concerns: readonly QueryKey[];
  create: (token: NewToken) => Promise<Answer<'POST /user/tokens'>>;
  onMade: (secret: ShownSecret) => void;
};

const rights = {
  pull: ['pull'],
  push: ['pull', 'push', 'tag:move'],
  delete: ['pull', 'push', 'tag:move', 'delete'],
  all: undefined,
} as const satisfies Record<string, NewToken['actions']>;

const dayMs = 86_400_000;
const lives = ['7', '30', '90', '365'];

export function TokenForm({ login, concerns, create, onMade }: Props) {
  const texts = useTokenTexts();
  const make = useAct((fields: FormData) => create(readToken(fields)), {
    concerns,
    onDone: ({ name, secret }) => onMade({ title: texts.tokenMade(name), login, secret }),
  });
  return (
    <Section title={texts.newToken}>
      <ActForm act={make} submit={texts.createToken}>
        <FormField label={texts.tokenName} hint={texts.tokenNameHint} name="name" required maxLength={200} autoComplete="off" />
        <div className="grid gap-4 sm:grid-cols-2">
          <SelectField
            label={texts.rights}
            name="rights"
            options={[
              ['pull', texts.rightChoices.pull],
              ['push', texts.rightChoices.push],
              ['delete', texts.rightChoices.delete],
              ['all', texts.rightChoices.all],
            ]}
          />
          <SelectField
            label={texts.expiry}
            name="days"
            chosen="90"
            options={[...lives.map((days) => [days, texts.days(Number(days))] as const), ['', texts.never]]}
          />
        </div>
        <FormField label={texts.repositories} hint={texts.repositoriesHint} name="repositories" autoComplete="off" autoCapitalize="none" spellCheck={false} />
      </ActForm>
    </Section>
  );
}

function readToken(fields: FormData): NewToken {
  const chosen = fieldText(fields, 'rights');
  const actions = chosen === 'all' || chosen === 'push' || chosen === 'delete' ? rights[chosen] : rights.pull;
  const days = Number(fieldText(fields, 'days'));
  const repositories = fieldWords(fields, 'repositories');
  return {
    name: fieldText(fields, 'name'),
    ...(actions && { actions }),
    ...(repositories && { repositories }),
    ...(days > 0 && { expiresAt: now() + days * dayMs }),
  };
}
