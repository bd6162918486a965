#!/usr/bin/env python3
"""Writes the man page and the shell completions of pimtlm from what its --help prints, which comes from the option
tables: cli_pages.py PIMTLM DIRECTORY

DIRECTORY gets man/man1/pimtlm.1, bash-completion/completions/pimtlm, zsh/site-functions/_pimtlm and
fish/vendor_completions.d/pimtlm.fish, as they lie under share/ of an installation.
"""
import pathlib
import re
import subprocess
import sys

FILES = {"weights", "tokenizer", "config", "json", "timeline", "logits", "image", "forced", "text", "plan"}
FOLDERS = {"out", "wave-dir"}
LISTS = {"preset": "presets", "model": "models", "set": "keys"}


def help_of(program, *words):
    return subprocess.run([program, *words, "--help"], check=True, capture_output=True, text=True).stdout


def commands_of(program):
    """[(name, summary)]"""
    return re.findall(r"^  pimtlm ([a-z]+) +(\S.*)$", help_of(program), re.M)


def options_of(text):
    """[(name, short or None, takes a value, meaning)] of a --help."""
    found = []
    for line in text.split("\n"):
        start = re.match(r"^  (?:-(\w) \[ )?--([\w-]+)(?: \])?( \[?=?arg[^ ]*(?: \(=[^)]*\))?| arg(?: \(=[^)]*\))?)?\s*(.*)$", line)
        if start:
            found.append([start[2], start[1], start[3] is not None, start[4].strip()])
        elif found and line.startswith("      ") and line.strip():
            found[-1][3] = (found[-1][3] + " " + line.strip()).strip()
    return [tuple(option) for option in found]


def roff(text):
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + text if text[:1] in ".'" else text


def man_page(version, commands):
    out = [f'.TH PIMTLM 1 "" "{version}" "User Commands"', ".SH NAME",
           "pimtlm \\- simulator of a processing\\-in\\-memory chip that runs LLaMA", ".SH SYNOPSIS",
           ".B pimtlm", ".I COMMAND", ".RI [ OPTIONS ]", ".br", ".B pimtlm \\-\\-list", ".IR presets | models | keys",
           ".br", ".B pimtlm \\-\\-help \\fR|\\fB \\-\\-version", ".SH COMMANDS"]
    for name, summary, usage, options in commands:
        out += [f".SS {name}", roff(summary) + ".", ".PP"]
        out += [line for u in usage for line in (roff(u), ".br")]
        for option, short, value, meaning in options:
            names = (f"\\-{short}, " if short else "") + "\\-\\-" + roff(option)
            out += [".TP", f"\\fB{names}\\fR" + (" \\fIVALUE\\fR" if value else ""), roff(meaning) or "\\&"]
    out += [".SH EXIT STATUS", "0: success. 1: an error of the program. 2: refused input, with a message of one line. 128 + N: ended by signal N;",
            "complete files are kept, and stderr names them."]
    return "\n".join(out) + "\n"


def bash(commands):
    cases = "\n".join(f'    {n}) options="{" ".join("--" + o[0] for o in options)}" ;;' for n, _, _, options in commands)
    lists = "\n".join(f'    --{option}) COMPREPLY=($(compgen -W "$(pimtlm --list {what} 2>/dev/null)" -- "$current")); return ;;'
                      for option, what in LISTS.items())
    names = " ".join(name for name, *_ in commands)
    files = "|".join("--" + f for f in sorted(FILES))
    folders = "|".join("--" + f for f in sorted(FOLDERS))
    return f"""# Completion of pimtlm for bash; written by scripts/cli_pages.py.
_pimtlm() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD-1]}} options=""
  case $previous in
{lists}
    --list) COMPREPLY=($(compgen -W "presets models keys" -- "$current")); return ;;
    {files}) COMPREPLY=($(compgen -f -- "$current")); return ;;
    {folders}) COMPREPLY=($(compgen -d -- "$current")); return ;;
  esac
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W "{names} --list --help --version" -- "$current"))
    return
  fi
  case ${{COMP_WORDS[1]}} in
{cases}
  esac
  if [[ $current == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$current"))
  else
    COMPREPLY=($(compgen -f -- "$current"))
  fi
}}
complete -o filenames -F _pimtlm pimtlm
"""


def quoted(text):
    return text.replace("'", "").replace("[", "(").replace("]", ")").replace(":", " -")


def zsh(commands):
    action = {**{f: "_files" for f in FILES}, **{f: "_files -/" for f in FOLDERS},
              **{o: f'(${{(f)"$(pimtlm --list {what})"}})' for o, what in LISTS.items()}}
    cases = ""
    for name, _, _, options in commands:
        lines = [f"        '*--{o}[{quoted(meaning)}]" + (f":{o}:{action.get(o, ' ')}'" if value else "'")
                 for o, _, value, meaning in options]
        cases += f"      {name})\n      _arguments \\\n" + " \\\n".join(lines + ["        '*:file:_files'"]) + " ;;\n"
    names = " ".join(f"'{n}:{quoted(s)}'" for n, s, *_ in commands)
    return f"""#compdef pimtlm
# Completion of pimtlm for zsh; written by scripts/cli_pages.py.
_pimtlm() {{
  local -a commands=({names})
  if ((CURRENT == 2)); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  ((CURRENT--))
  case $command in
{cases}  esac
}}
_pimtlm "$@"
"""


def fish(commands):
    out = ["# Completion of pimtlm for fish; written by scripts/cli_pages.py."]
    for name, summary, _, options in commands:
        out.append(f"complete -c pimtlm -f -n __fish_use_subcommand -a {name} -d '{quoted(summary)}'")
        for option, _, value, meaning in options:
            line = f"complete -c pimtlm -n '__fish_seen_subcommand_from {name}' -l {option} -d '{quoted(meaning)}'"
            if option in LISTS:
                line += f" -x -a '(pimtlm --list {LISTS[option]})'"
            elif value:
                line += " -r"
            out.append(line)
    return "\n".join(out) + "\n"


def main():
    program, directory = sys.argv[1], pathlib.Path(sys.argv[2])
    version = subprocess.run([program, "--version"], check=True, capture_output=True, text=True).stdout.split(" (")[0].strip()
    commands = []
    for name, summary in commands_of(program):
        text = help_of(program, name)
        usage = [line.rstrip() for line in text.split("\n\n")[0].split("\n") if line]
        commands.append((name, summary, usage, options_of(text)))
    pages = {"man/man1/pimtlm.1": man_page(version, commands), "bash-completion/completions/pimtlm": bash(commands),
             "zsh/site-functions/_pimtlm": zsh(commands), "fish/vendor_completions.d/pimtlm.fish": fish(commands)}
    for name, text in pages.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main()
