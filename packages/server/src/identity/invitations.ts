/** Invitations into organisations: a link that is good once, for a while, and only for the owner of the address. */
import { RegistryError } from '@naru/oci/registry-error';
import type { Caller } from '../access/caller.ts';
import type { IdentityRows, Invitation } from '../metadata/identity/port.ts';
import type { NewJob } from '../metadata/job-port.ts';
import { actorOf } from '../registry/actor-of.ts';
import type { Clock } from '../runtime/clock.ts';
import { newId, newSecret } from '../runtime/ids.ts';
import { hashSecret } from './secret-hash.ts';

const goodForMs = 7 * 86_400e3;
const refusal = 'this invitation is over, was used, or is for somebody else';

export type NewInvitation = { readonly invitation: Invitation; readonly secret: string };

export type InvitationRules = ReturnType<typeof createInvitationRules>;

export function createInvitationRules(rows: IdentityRows, clock: Clock) {
  return {
    /** `toJobs`: those that tell of it, which are durable together with it. */
    async create(
      asked: Pick<Invitation, 'organisationId' | 'email' | 'role'> & { teamId: string | undefined },
      caller: Caller,
      toJobs: (made: NewInvitation) => readonly NewJob[],
    ): Promise<NewInvitation> {
      const secret = newSecret();
      const at = clock.now();
      const { teamId, ...rest } = asked;
      const invitation: Invitation = {
        ...rest,
        id: newId(),
        invitedBy: caller.name,
        createdAt: at,
        expiresAt: at + goodForMs,
        ...(teamId !== undefined && { teamId }),
      };
      const made = { invitation, secret };
      await rows.invitations.create({ ...invitation, secretHash: hashSecret(secret), jobs: toJobs(made), at, ...actorOf(caller) });
      return made;
    },

    /** Throws DENIED, the same for every reason: a link that was seen by another tells nothing. */
    async accept(secret: string, userId: string, caller: Caller): Promise<{ organisation: string }> {
      const [invitation, user] = await Promise.all([rows.invitations.find(hashSecret(secret)), rows.users.get(userId)]);
      const isForUser = invitation !== undefined && user?.email === invitation.email && user.emailVerifiedAt !== undefined;
      if (!isForUser || invitation.expiresAt <= clock.now()) throw new RegistryError('DENIED', { message: refusal });
      if (!(await rows.invitations.accept({ id: invitation.id, userId, at: clock.now(), ...actorOf(caller) })))
        throw new RegistryError('DENIED', { message: refusal });
      const organisation = await rows.organisations.get(invitation.organisationId);
      return { organisation: organisation?.name ?? '' };
    },
  };
}
