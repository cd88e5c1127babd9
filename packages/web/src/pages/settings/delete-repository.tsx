import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { call } from '../../api/client.ts';
import { useTexts } from '../../language/language.tsx';
import { ConfirmButton } from '../../parts/confirm-button.tsx';
import { useToast } from '../../parts/toasts.tsx';

/** With all its images. What the server refuses (it runs somewhere, a tag is immutable) stands in the dialog. */
export function DeleteRepository({ repository }: { repository: string }) {
  const { settings } = useTexts();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const toast = useToast();
  async function leave(): Promise<void> {
    await navigate({ to: '/mine' });
    // What the page of the deleted one had asked for is not asked for again.
    queries.removeQueries({ queryKey: ['repository', repository] });
    toast({ text: settings.deleted(repository) });
  }
  return (
    <section aria-labelledby="delete" className="border-t border-line pt-6">
      <h2 id="delete">{settings.deleteRepository}</h2>
      <p className="mt-1 mb-3 text-muted">{settings.deleteHint}</p>
      <ConfirmButton
        text={settings.deleteButton}
        title={settings.deleteTitle(repository)}
        name={repository}
        concerns={[['repositories']]}
        onConfirm={() => call('DELETE /repositories/{repository}', { params: { repository } })}
        onDone={() => void leave()}
      />
    </section>
  );
}
