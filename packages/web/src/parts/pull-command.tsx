import { useState } from 'react';
import { useTexts } from '../language/language.tsx';
import { Command } from './command.tsx';

const tools = ['docker', 'podman', 'naru', 'containerd'] as const;
export type Tool = (typeof tools)[number];

/** With this server's own address, as this browser reached it. */
export function pullCommand(tool: Tool, repository: string, reference: string): string {
  const image = `${location.host}/${repository}${reference.includes(':') ? '@' : ':'}${reference}`;
  return tool === 'containerd' ? `ctr images pull${location.protocol === 'http:' ? ' --plain-http' : ''} ${image}` : `${tool} pull ${image}`;
}

export function chosenTool(): Tool {
  return tools.find((tool) => tool === localStorage.getItem('naru-tool')) ?? 'docker';
}

export function PullCommand({ repository, reference }: { repository: string; reference: string }) {
  const texts = useTexts();
  const [tool, setTool] = useState(chosenTool);
  return (
    <div className="flex min-w-0 items-stretch gap-2">
      <select
        aria-label={texts.repository.tool}
        className="field !w-auto shrink-0"
        value={tool}
        onChange={({ target }) => {
          const next = tools.find((one) => one === target.value) ?? 'docker';
          localStorage.setItem('naru-tool', next);
          setTool(next);
        }}
      >
        {tools.map((one) => (
          <option key={one}>{one}</option>
        ))}
      </select>
      <div className="min-w-0 grow">
        <Command lines={[pullCommand(tool, repository, reference)]} what={texts.repository.pullCommand} />
      </div>
    </div>
  );
}
