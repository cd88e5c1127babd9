import { useState } from 'react';
import { useTexts } from '../../language/language.tsx';
import { Bar, Bytes } from '../../parts/bytes.tsx';
import { DigestText } from '../../parts/digest-text.tsx';
import { EmptyState } from '../../parts/states.tsx';
import type { Image } from './image-page.tsx';
import { readInstruction } from './instruction.ts';

type Step = Image['steps'][number];

/** Each step of the build with what it added; the largest first catches the eye by its bar. */
export function Layers({ image }: { image: Image }) {
  const { image: texts } = useTexts();
  const steps: readonly Step[] = image.steps.length > 0 ? image.steps : image.layers.map((layer) => ({ layer }));
  const [chosen, setChosen] = useState<number>();
  if (steps.length === 0) return <EmptyState title={image.artifactType === undefined ? texts.none : texts.artifact} />;
  const largest = Math.max(1, ...image.layers.map(({ sizeBytes }) => sizeBytes));
  const selected =
    chosen ??
    Math.max(
      0,
      steps.findIndex(({ layer }) => layer?.sizeBytes === largest),
    );
  const step = steps[selected];
  return (
    <div className="grid gap-x-8 gap-y-6 lg:grid-cols-[minmax(0,1fr)_minmax(0,24rem)]">
      <div className="min-w-0">
        <p className="mb-1 text-sm text-muted">
          {texts.steps} · {texts.layerCount(image.layers.length)}
        </p>
        <ol>
          {steps.map((one, index) => (
            // A list that never changes its order.
            <li key={index}>
              <button
                type="button"
                aria-pressed={index === selected}
                onClick={() => setChosen(index)}
                className={`grid w-full grid-cols-[4.500rem_3rem_minmax(0,1fr)] items-center gap-3 border-b border-line px-2 py-1.5 text-left hover:bg-sunken ${index === selected ? 'bg-accent-soft' : ''}`}
              >
                <span className="text-right text-sm text-muted">{one.layer ? <Bytes of={one.layer.sizeBytes} /> : '–'}</span>
                <span>{one.layer && <Bar share={one.layer.sizeBytes / largest} />}</span>
                <span className={`truncate font-mono text-[0.87em] ${one.layer ? '' : 'text-muted'}`}>
                  <InstructionText step={one} />
                </span>
              </button>
            </li>
          ))}
        </ol>
      </div>
      {step && <StepDetails step={step} />}
    </div>
  );
}

function InstructionText({ step }: { step: Step }) {
  const { image: texts } = useTexts();
  if (step.createdBy === undefined || step.createdBy === '') return <span className="text-muted">{texts.noInstruction}</span>;
  const { verb, rest } = readInstruction(step.createdBy);
  return (
    <>
      {verb !== '' && <span className="font-semibold">{verb} </span>}
      <bdi>{rest}</bdi>
    </>
  );
}

function StepDetails({ step }: { step: Step }) {
  const { image: texts } = useTexts();
  return (
    <section aria-label={texts.selected} className="h-fit min-w-0 lg:sticky lg:top-4 lg:border-l lg:border-line lg:pl-6">
      <pre tabIndex={0} className="max-h-96 overflow-auto font-mono text-[0.87em] leading-6 whitespace-pre-wrap">
        <InstructionText step={step} />
      </pre>
      <p className="mt-3 flex flex-wrap items-center gap-x-4 gap-y-1 text-sm text-muted">
        {step.layer ? (
          <>
            <Bytes of={step.layer.sizeBytes} />
            <DigestText digest={step.layer.digest} />
          </>
        ) : (
          texts.noLayer
        )}
      </p>
      {step.layer && <p className="text-sm text-muted">{step.layer.mediaType}</p>}
      {step.comment !== undefined && step.comment !== '' && <p className="mt-1 text-sm text-muted">{step.comment}</p>}
    </section>
  );
}
