import { useNavigate } from '@tanstack/react-router';
import { type Answer, call, callWithEtag, type Seen } from '../../api/client.ts';
import { useFormTexts } from '../../language/form-texts.ts';
import { fieldText, fieldWords } from '../../parts/act-form.tsx';
import { BadgeRequests } from '../../parts/badge-requests/badge-requests.tsx';
import { ConfirmButton } from '../../parts/confirm-button.tsx';
import { EditForm } from '../../parts/edits/edit-form.tsx';
import { FormField } from '../../parts/form-field.tsx';
import { Section } from '../../parts/section.tsx';
import { SelectField } from '../../parts/select-field.tsx';
import { useToast } from '../../parts/toasts.tsx';
import { NamespaceUsage } from './namespace-usage.tsx';
import { useOrganisationTexts } from './texts.ts';

type Organisation = Answer<'GET /organisations/{namespace}'>;
type Namespace = Answer<'GET /namespaces/{namespace}'>;

const roles = ['none', 'read', 'write', 'maintain', 'admin'] as const;
const visibilities = ['', 'public', 'internal', 'private'] as const;

export function OrganisationSettings({ organisation, settings }: { organisation: Seen<Organisation>; settings: Seen<Namespace> }) {
  const texts = useOrganisationTexts();
  const navigate = useNavigate();
  const toast = useToast();
  const { name: namespace } = organisation.value;
  return (
    <div className="max-w-2xl">
      <General now={organisation} />
      <Defaults now={settings} />
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

function General({ now }: { now: Seen<Organisation> }) {
  const texts = useOrganisationTexts();
  const forms = useFormTexts();
  const { name: namespace } = now.value;
  return (
    <Section title={texts.general}>
      <EditForm
        now={now}
        describe={({ fullName, memberActions }) => [
          [texts.fullName, fullName],
          [texts.memberRole, texts.memberRoles[roleOf(memberActions)]],
        ]}
        save={(fields, seen) => {
          const memberRole = roles.find((role) => role === fieldText(fields, 'memberRole')) ?? 'read';
          const body = { fullName: fieldText(fields, 'fullName'), memberRole };
          return callWithEtag('PATCH /organisations/{namespace}', { params: { namespace }, body }, seen);
        }}
        concerns={[['organisation', namespace], ['organisations']]}
        said={() => ({ text: forms.saved })}
      >
        {({ fullName, memberActions }) => (
          <>
            <FormField label={texts.fullName} name="fullName" defaultValue={fullName} maxLength={200} autoComplete="off" />
            <SelectField
              label={texts.memberRole}
              name="memberRole"
              chosen={roleOf(memberActions)}
              options={roles.map((role) => [role, texts.memberRoles[role]] as const)}
            />
          </>
        )}
      </EditForm>
    </Section>
  );
}

function Defaults({ now }: { now: Seen<Namespace> }) {
  const texts = useOrganisationTexts();
  const forms = useFormTexts();
  const { name: namespace } = now.value;
  return (
    <Section title={texts.defaults}>
      <EditForm
        now={now}
        describe={({ visibility, networks }) => [
          [texts.visibility, texts.visibilities[visibility ?? '']],
          [texts.fromNetworks, networks ?? []],
        ]}
        save={(fields, seen) => {
          const visibility = visibilities.find((one) => one === fieldText(fields, 'visibility')) ?? '';
          const body = { visibility: visibility === '' ? null : visibility, networks: fieldWords(fields, 'networks') ?? null };
          return callWithEtag('PATCH /namespaces/{namespace}', { params: { namespace }, body }, seen);
        }}
        concerns={[['namespace', namespace]]}
        said={() => ({ text: forms.saved })}
      >
        {({ visibility, networks }) => (
          <>
            <SelectField
              label={texts.visibility}
              name="visibility"
              chosen={visibility ?? ''}
              options={visibilities.map((one) => [one, texts.visibilities[one]] as const)}
            />
            <FormField label={texts.fromNetworks} hint={texts.fromNetworksHint} name="networks" defaultValue={networks?.join(', ') ?? ''} autoComplete="off" />
          </>
        )}
      </EditForm>
    </Section>
  );
}

/** The role that is short for these actions. */
function roleOf(actions: Organisation['memberActions']): (typeof roles)[number] {
  if (actions.includes('manage')) return 'admin';
  if (actions.includes('delete')) return 'maintain';
  if (actions.includes('push')) return 'write';
  return actions.includes('pull') ? 'read' : 'none';
}
