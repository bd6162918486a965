#!/usr/bin/env bash
# The man page and the completions name every command and option, and bash takes them: cli_pages_test.sh PIMTLM SCRIPT
set -euo pipefail
pimtlm=$1 script=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$script" "$pimtlm" "$folder"
man="$folder/man/man1/pimtlm.1"
[[ -s $folder/zsh/site-functions/_pimtlm && -s $folder/fish/vendor_completions.d/pimtlm.fish ]]
commands=$("$pimtlm" --help | sed -n 's/^  pimtlm \([a-z]\+\) .*/\1/p')
[[ $(wc -w <<<"$commands") -ge 8 ]]
for command in $commands; do
  grep -q "^.SS $command$" "$man" || { echo "man page: no $command"; exit 1; }
  for option in $("$pimtlm" "$command" --help | grep -oE '^  (-[a-z] \[ )?--[a-z-]+' | grep -oE -- '--[a-z-]+'); do
    grep -qF -- "${option//-/\\-}" "$man" || { echo "man page: no $option of $command"; exit 1; }
  done
done
# shellcheck source=/dev/null
source "$folder/bash-completion/completions/pimtlm"
complete_words() {
  COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
  _pimtlm
  echo "${COMPREPLY[*]}"
}
PATH=$(dirname "$pimtlm"):$PATH
[[ $(complete_words pimtlm des) == describe ]]
[[ $(complete_words pimtlm run --pre) == --preset ]]
[[ " $(complete_words pimtlm run --preset "") " == *" aim8 "* ]]
[[ $(complete_words pimtlm run --set bank.bram) == bank.bram_kib ]]
echo ok
