import { useNavigate } from '@tanstack/react-router';
import { type Answer, call } from '../../api/client.ts';
import { useFormTexts } from '../../language/form-texts.ts';
import { ActForm, fieldText, fieldWords } from '../../parts/act-form.tsx';
import { BadgeRequests } from '../../parts/badge-requests/badge-requests.tsx';
import { ConfirmButton } from '../../parts/confirm-button.tsx';
import { FormField } from '../../parts/form-field.tsx';
import { Section } from '../../parts/section.tsx';
import { SelectField } from '../../parts/select-field.tsx';
import { useToast } from '../../parts/toasts.tsx';
import { useAct } from '../../parts/use-act.ts';
import { NamespaceUsage } from './namespace-usage.tsx';
import { useOrganisationTexts } from './texts.ts';

type Props = { organisation: Answer<'GET /organisations/{namespace}'>; settings: Answer<'GET /namespaces/{namespace}'> };

const roles = ['none', 'read', 'write', 'maintain', 'admin'] as const;
const visibilities = ['', 'public', 'internal', 'private'] as const;

export function OrganisationSettings({ organisation, settings }: Props) {
  const texts = useOrganisationTexts();
  const forms = useFormTexts();
  const navigate = useNavigate();
  const toast = useToast();
  const { name: namespace, fullName, memberActions } = organisation;
  const save = useAct(
    async (fields: FormData) => {
      const memberRole = roles.find((role) => role === fieldText(fields, 'memberRole')) ?? 'read';
      const visibility = visibilities.find((one) => one === fieldText(fields, 'visibility')) ?? '';
      await call('PATCH /organisations/{namespace}', { params: { namespace }, body: { fullName: fieldText(fields, 'fullName'), memberRole } });
      await call('PATCH /namespaces/{namespace}', {
        params: { namespace },
        body: { visibility: visibility === '' ? null : visibility, networks: fieldWords(fields, 'networks') ?? null },
      });
    },
    { concerns: [['organisation', namespace], ['namespace', namespace], ['organisations']], said: () => ({ text: forms.saved }) },
  );
  return (
    <div className="max-w-2xl">
      <Section title={texts.general}>
        <ActForm key={JSON.stringify([organisation, settings])} act={save} submit={forms.save}>
          <FormField label={texts.fullName} name="fullName" defaultValue={fullName} maxLength={200} autoComplete="off" />
          <SelectField
            label={texts.memberRole}
            name="memberRole"
            chosen={roleOf(memberActions)}
            options={roles.map((role) => [role, texts.memberRoles[role]] as const)}
          />
          <SelectField
            label={texts.visibility}
            name="visibility"
            chosen={settings.visibility ?? ''}
            options={visibilities.map((one) => [one, texts.visibilities[one]] as const)}
          />
          <FormField
            label={texts.fromNetworks}
            hint={texts.fromNetworksHint}
            name="networks"
            defaultValue={settings.networks?.join(', ') ?? ''}
            autoComplete="off"
          />
        </ActForm>
      </Section>
      <NamespaceUsage namespace={namespace} />
      <BadgeRequests of={{ namespace }} />
      <Section title={texts.deleteOrganisation} hint={texts.deleteHint}>
        <ConfirmButton
          text={texts.deleteOrganisation}
          title={texts.deleteOrganisation}
          lead={texts.deleteHint}
          name={namespace}
          words={{ CONFLICT: texts.hasRepositories }}
          concerns={[['organisations']]}
          onConfirm={() => call('DELETE /namespaces/{namespace}', { params: { namespace } })}
          onDone={() => {
            toast({ text: texts.deleted(namespace) });
            void navigate({ to: '/settings/$', params: { _splat: '' } });
          }}
        />
      </Section>
    </div>
  );
}

/** The role that is short for these actions. */
function roleOf(actions: Props['organisation']['memberActions']): (typeof roles)[number] {
  if (actions.includes('manage')) return 'admin';
  if (actions.includes('delete')) return 'maintain';
  if (actions.includes('push')) return 'write';
  return actions.includes('pull') ? 'read' : 'none';
}
