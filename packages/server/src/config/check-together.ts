/** What no single setting shows: mistakes that lie between several. */
import type { Config } from './config.ts';
import { exposureProblem, speaksTls } from './exposure.ts';

export type Mistake = { readonly key: string; readonly message: string };

export function checkTogether(config: Config): Mistake[] {
  const { limits, tls, mail, ldap } = config;
  const mistakes: Mistake[] = [];
  const add = (key: string, message: string | undefined) => void (message !== undefined && mistakes.push({ key, message }));
  if (limits.listPageDefault > limits.listPageMax) {
    add('limits.listPageDefault', `${limits.listPageDefault} is more than limits.listPageMax, which is ${limits.listPageMax}`);
  }
  if (mail.smtpUrl !== undefined && mail.linkUrl === undefined) {
    add('mail.smtpUrl', 'mails hold links: say with mail.linkUrl how people reach this server, like https://registry.example.com');
  }
  if (ldap.url !== undefined && ldap.base === undefined) add('ldap.url', 'say in ldap.base where people are, like ou=people,dc=example,dc=com');
  const passwords = [ldap.bindPassword, ldap.bindPasswordFile].filter((one) => one !== undefined);
  if (ldap.bindDn !== undefined && passwords.length !== 1)
    add('ldap.bindDn', 'it needs one password: in ldap.bindPassword, or in the file of ldap.bindPasswordFile');
  if (ldap.bindDn === undefined && passwords.length > 0) add('ldap.bindPassword', 'whose? Say it in ldap.bindDn');
  add('host', exposureProblem(config));
  if (tls.cert !== undefined && tls.key === undefined) add('tls.cert', 'its private key is missing: name it in tls.key (--tls-key)');
  if (tls.key !== undefined && tls.cert === undefined) add('tls.key', 'its certificate is missing: name it in tls.cert (--tls-cert)');
  if (tls.mode === 'self-signed' && tls.cert !== undefined)
    add('tls.mode', 'self-signed makes a certificate of its own: leave tls.cert and tls.key away, or the mode');
  if (tls.clientCa !== undefined && !speaksTls(config)) add('tls.clientCa', 'client certificates need TLS: set tls.cert and tls.key, or --tls self-signed');
  if (tls.clientCa === undefined && tls.clientCertificates === 'require')
    add('tls.clientCertificates', 'whose certificates? Name their authority in tls.clientCa');
  return mistakes;
}
