import { useRef } from 'react';
import { useTexts } from '../../language/language.tsx';
import { FormField } from '../../parts/form-field.tsx';
import { textOf } from '../account/account-form.tsx';

const kinds = ['user', 'team', 'robot', 'everybody'] as const;
const roles = ['read', 'write', 'maintain', 'admin'] as const;
export type NewGrant = { readonly subject: { readonly kind: (typeof kinds)[number]; readonly name: string }; readonly role: (typeof roles)[number] };

type Props = { isPending: boolean; problem: string | undefined; onAdd: (grant: NewGrant) => Promise<unknown> };

export function GrantForm({ isPending, problem, onAdd }: Props) {
  const { settings } = useTexts();
  const form = useRef<HTMLFormElement>(null);
  async function add(fields: FormData): Promise<void> {
    const kind = kinds.find((one) => one === textOf(fields, 'kind')) ?? 'user';
    const role = roles.find((one) => one === textOf(fields, 'role')) ?? 'read';
    // What could not be added stays in the form; why is said beside it.
    await onAdd({ subject: { kind, name: kind === 'everybody' ? '' : textOf(fields, 'name').trim() }, role }).then(
      () => form.current?.reset(),
      () => undefined,
    );
  }
  return (
    <form
      ref={form}
      className="flex flex-wrap items-end gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        void add(new FormData(event.currentTarget));
      }}
    >
      <label>
        <span className="mb-1 block font-medium">{settings.who}</span>
        <select name="kind" className="field !w-auto">
          {kinds.map((kind) => (
            <option key={kind} value={kind}>
              {settings.subjects[kind]}
            </option>
          ))}
        </select>
      </label>
      <div className="min-w-40 grow">
        <FormField label={settings.name} name="name" autoComplete="off" autoCapitalize="none" spellCheck={false} problem={problem} />
      </div>
      <label>
        <span className="mb-1 block font-medium">{settings.role}</span>
        <select name="role" className="field !w-auto">
          {roles.map((role) => (
            <option key={role} value={role}>
              {settings.roles[role]}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" className="button" disabled={isPending}>
        {settings.add}
      </button>
    </form>
  );
}
