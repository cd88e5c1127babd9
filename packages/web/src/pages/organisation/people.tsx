import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { type Answer, call } from '../../api/client.ts';
import { selfQuery } from '../../api/queries.ts';
import { ConfirmButton } from '../../parts/confirm-button.tsx';
import { ItemList } from '../../parts/item-list.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { Section } from '../../parts/section.tsx';
import { useAct } from '../../parts/use-act.ts';
import { Invitations } from './invitations.tsx';
import { useOrganisationTexts } from './texts.ts';

type Member = Answer<'GET /organisations/{namespace}/members'>['items'][number];

export function People({ namespace, mayManage }: { namespace: string; mayManage: boolean }) {
  const texts = useOrganisationTexts();
  return (
    <>
      <Section title={texts.members} hint={texts.peopleHint}>
        <ItemList
          of={['members', namespace]}
          load={(page, signal) => call('GET /organisations/{namespace}/members', { params: { namespace }, query: page, signal })}
          keyOf={({ name }) => name}
          row={(member) => <MemberRow namespace={namespace} mayManage={mayManage} {...member} />}
          empty={texts.noMembers}
        />
      </Section>
      {mayManage && <Invitations namespace={namespace} />}
    </>
  );
}

function MemberRow({ namespace, mayManage, name, fullName, role, since }: Member & { namespace: string; mayManage: boolean }) {
  const texts = useOrganisationTexts();
  const navigate = useNavigate();
  const { data: self } = useQuery(selfQuery);
  const isOneself = self?.name === name;
  const params = { namespace, user: name };
  const concerns = [['members', namespace], ['organisations'], ...(isOneself ? [['namespace', namespace]] : [])];
  const words = { CONFLICT: texts.lastOwner };
  const change = useAct((next: Member['role']) => call('PUT /organisations/{namespace}/members/{user}', { params, body: { role: next } }), {
    concerns,
    words,
    said: (next) => ({ text: texts.roleChanged(name, next) }),
    tellsProblems: true,
  });
  return (
    <>
      <span className="min-w-0 grow">
        <Link to="/u/$name" params={{ name }} className="link font-medium">
          {name}
        </Link>{' '}
        <span className="text-muted">{fullName}</span>
        <span className="block text-sm text-muted">
          {texts.since} <RelativeTime at={since} />
        </span>
      </span>
      {mayManage ? (
        <select
          aria-label={texts.roleOf(name)}
          className="field !w-auto"
          value={role}
          disabled={change.isPending}
          onChange={({ currentTarget }) => change.run(currentTarget.value === 'owner' ? 'owner' : 'member')}
        >
          <option value="owner">{texts.roles.owner}</option>
          <option value="member">{texts.roles.member}</option>
        </select>
      ) : (
        <span className="chip">{texts.roles[role]}</span>
      )}
      {(mayManage || isOneself) && (
        <ConfirmButton
          text={isOneself ? texts.leave : texts.removeMember}
          title={isOneself ? texts.leaveTitle(namespace) : texts.removeTitle(name)}
          lead={texts.removeLead}
          name={isOneself ? namespace : name}
          words={words}
          concerns={concerns}
          onConfirm={() => call('DELETE /organisations/{namespace}/members/{user}', { params })}
          {...(isOneself && { onDone: () => void navigate({ to: '/settings/$', params: { _splat: '' } }) })}
        />
      )}
    </>
  );
}
