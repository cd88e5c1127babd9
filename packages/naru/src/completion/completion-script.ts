/**
 * `naru completion bash|zsh|fish`. The scripts know nothing: with every Tab they ask
 * `naru __complete WORDS…`, so that a script that was installed once stays right.
 */
import type { ClientCommand } from '@naru/client/commands/command';
import { DockerError } from '@naru/client/commands/docker-error';

export const completion: ClientCommand = async ({ words = [] }, { terminal }) => {
  const shell = words[0] ?? '';
  const script = Object.hasOwn(scripts, shell) ? scripts[shell as keyof typeof scripts] : undefined; // one of its keys
  if (script === undefined) throw new DockerError(`unsupported shell type ${JSON.stringify(shell)}: bash, zsh, fish`);
  await terminal.out(script);
  return 0;
};

/** Bash breaks words at `:` and `=`, which names and flags hold: the line is read instead, and what stands before is cut off again. */
const bash = `# bash completion for naru: source <(naru completion bash)
_naru() {
  local line="\${COMP_LINE:0:COMP_POINT}" current="" words=() replies=()
  read -ra words <<< "$line"
  if [[ $line == *[[:space:]] ]]; then words+=(""); fi
  current="\${words[\${#words[@]}-1]}"
  mapfile -t replies < <(naru __complete "\${words[@]:1}" 2>/dev/null)
  COMPREPLY=()
  if [[ \${replies[0]-} == :file ]]; then
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
    return
  fi
  local reply cut=""
  if [[ $current == *[:=]* && $COMP_WORDBREAKS == *:* ]]; then cut="\${current%"\${current##*[:=]}"}"; fi
  for reply in "\${replies[@]}"; do
    reply="\${reply%%$'\\t'*}"
    COMPREPLY+=("\${reply#"$cut"}")
  done
  if [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == *[:/] ]]; then compopt -o nospace 2>/dev/null; fi
}
complete -F _naru naru
`;

const zsh = `#compdef naru
# zsh completion for naru: source <(naru completion zsh)
_naru() {
  local -a lines items
  local line value
  lines=("\${(@f)$(naru __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ \${lines[1]} == :file ]]; then
    _files
    return
  fi
  for line in "\${lines[@]}"; do
    [[ -z $line ]] && continue
    value=\${line%%$'\\t'*}
    items+=("\${value//:/\\\\:}:\${line#*$'\\t'}")
  done
  _describe naru items
}
compdef _naru naru
`;

const fish = `# fish completion for naru: naru completion fish | source
function __naru_complete
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  set -l lines (naru __complete $words[2..-1] "$current" 2>/dev/null)
  if test "$lines[1]" = ':file'
    __fish_complete_path "$current"
  else
    printf '%s\\n' $lines
  end
end
complete -c naru -f -a '(__naru_complete)'
`;

const scripts = { bash, zsh, fish };
