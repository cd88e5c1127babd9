import { useFormTexts } from '../language/form-texts.ts';
import { Command } from './command.tsx';
import { Dialog } from './dialog.tsx';

export type ShownSecret = { readonly title: string; readonly login: string; readonly secret: string };

/** A secret that the server tells only once, and how to log in with it. */
export function SecretDialog({ shown, onClose }: { shown: ShownSecret | undefined; onClose: () => void }) {
  const texts = useFormTexts();
  return (
    <Dialog title={shown?.title ?? ''} isOpen={shown !== undefined} onClose={onClose}>
      {shown && (
        <div className="space-y-4">
          <p className="font-medium">{texts.secretOnce}</p>
          <Command lines={[shown.secret]} what={texts.secret} />
          <p>{texts.logIn}</p>
          <Command lines={[`docker login -u ${shown.login} ${location.host}`]} />
          <p className="flex justify-end">
            <button type="button" className="button button-main" onClick={onClose}>
              {texts.close}
            </button>
          </p>
        </div>
      )}
    </Dialog>
  );
}
