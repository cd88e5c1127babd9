/** `naru info`: where things are and what they hold. */
import { goJson } from '../format/go-json.ts';
import { isTableFormat, templateOf } from '../format/list-format.ts';
import { readClientConfig } from '../routing/client-config-file.ts';
import { compileTemplate } from '../format/template/template.ts';
import type { ClientCommand } from './command.ts';
import { jsonDocument } from './json-document.ts';
import { exitCodes, readStore, storeRoot } from './image-command.ts';

export const imageInfo: ClientCommand = (line, context) =>
  readStore(line, context, async (store) => {
    const { defaultRegistry, insecureRegistries, mirrors } = await readClientConfig(context);
    const isBlock = (entry: string) => entry.includes('/');
    const insecureHosts = insecureRegistries.filter((entry) => !isBlock(entry));
    const info = {
      ClientInfo: { Version: context.version },
      Images: store.listImages().length,
      DockerRootDir: storeRoot(line, context),
      OSType: 'linux',
      Architecture: process.arch === 'x64' ? 'x86_64' : process.arch,
      NCPU: navigator.hardwareConcurrency,
      RegistryConfig: {
        InsecureRegistryCIDRs: [...insecureRegistries.filter(isBlock), '::1/128', '127.0.0.0/8'],
        IndexConfigs: Object.fromEntries(insecureHosts.map((host) => [host, { Name: host, Mirrors: [], Secure: false, Official: false }])),
        Mirrors: (mirrors['docker.io'] ?? []).map(({ host, scheme = 'https', prefix }) => `${scheme}://${host}/${prefix === undefined ? '' : `${prefix}/`}`),
      },
      DefaultRegistry: defaultRegistry,
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
      ...[...insecureHosts, ...info.RegistryConfig.InsecureRegistryCIDRs].map((entry) => `  ${entry}`),
      ...(info.RegistryConfig.Mirrors.length === 0 ? [] : [' Registry Mirrors:', ...info.RegistryConfig.Mirrors.map((mirror) => `  ${mirror}`)]),
    ];
    await context.terminal.out(`${lines.join('\n')}\n`);
    return exitCodes.done;
  });
