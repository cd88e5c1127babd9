/** `naru info`: where things are and what they hold. */
import { goJson } from '../format/go-json.ts';
import { isTableFormat, templateOf } from '../format/list-format.ts';
import { compileTemplate } from '../format/template/template.ts';
import type { ClientCommand } from './command.ts';
import { jsonDocument } from './json-document.ts';
import { exitCodes, readStore, storeRoot } from './image-command.ts';

export const imageInfo: ClientCommand = (line, context) =>
  readStore(line, context, async (store) => {
    const info = {
      ClientInfo: { Version: context.version },
      Images: store.listImages().length,
      DockerRootDir: storeRoot(line, context),
      OSType: 'linux',
      Architecture: process.arch === 'x64' ? 'x86_64' : process.arch,
      NCPU: navigator.hardwareConcurrency,
      RegistryConfig: { InsecureRegistryCIDRs: ['::1/128', '127.0.0.0/8'] },
    };
    if (line.switches.has('json')) {
      await context.terminal.out(jsonDocument(info));
      return exitCodes.done;
    }
    const { format } = line.values;
    if (format !== undefined && !isTableFormat(format)) {
      await context.terminal.out(`${format === 'json' ? goJson(info, { escapeHtml: false }) : compileTemplate(templateOf(format)).execute(info)}\n`);
      return exitCodes.done;
    }
    const lines = [
      'Client:',
      ` Version:    ${info.ClientInfo.Version}`,
      '',
      'Server:',
      ` Images: ${info.Images}`,
      ` Storage Driver: oci-layout`,
      ` OSType: ${info.OSType}`,
      ` Architecture: ${info.Architecture}`,
      ` CPUs: ${info.NCPU}`,
      ` Docker Root Dir: ${info.DockerRootDir}`,
      ' Insecure Registries:',
      ...info.RegistryConfig.InsecureRegistryCIDRs.map((cidr) => `  ${cidr}`),
    ];
    await context.terminal.out(`${lines.join('\n')}\n`);
    return exitCodes.done;
  });
