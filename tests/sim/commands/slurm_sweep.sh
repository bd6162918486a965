#!/usr/bin/env bash
# A sweep on a Slurm cluster, run by with_slurm.sh: what it leaves is what the local pool leaves, also when its job was
# cancelled on the way and submitted again.
#     slurm_sweep.sh PIMTLM
set -euo pipefail
pimtlm=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
sweep=("$pimtlm" sweep --quiet --model tiny --set weights.group=32 --decode 64 --vary mapping.banks_per_head=3,1,2,4 --vary die.hop_ns=1..8:lin15)

fail() { echo "slurm_sweep: $*" >&2; exit 1; }

"${sweep[@]}" --out "$folder/local"

# Waits and collects.
"${sweep[@]}" --out "$folder/waited" --engine slurm --chunk 16
cmp "$folder"/{local,waited}/points.csv || fail "points.csv differs"
cmp "$folder"/{local,waited}/report.html || fail "report.html differs"
[[ ! -e $folder/waited/tasks ]] || fail "tasks are left"

# Leaves, looks, collects.
"${sweep[@]}" --out "$folder/left" --engine slurm --chunk 30 --no-wait --slurm-options "--cpus-per-task=1"
for _ in {1..300}; do "$pimtlm" sweep --status "$folder/left" > "$folder/status" && break; sleep 0.1; done
grep -q "60 of 60 points are done" "$folder/status" || fail "status says $(cat "$folder/status")"
"$pimtlm" sweep --quiet --resume --engine slurm --out "$folder/left"
cmp "$folder"/{local,left}/points.csv || fail "points.csv differs after --no-wait"

# Cancelled: says so, keeps what there is, and finishes when asked. The first task waits until it is cancelled.
PIMTLM_WAIT_POINT=5 "${sweep[@]}" --out "$folder/cancelled" --engine slurm --chunk 16 --no-wait
job=$(cat "$folder/cancelled/tasks/job")
for _ in {1..300}; do [[ -s $folder/cancelled/tasks/0.journal ]] && break; sleep 0.1; done
scancel "$job"
for _ in {1..300}; do [[ -z $(squeue --noheader --jobs="$job" 2> /dev/null) ]] && break; sleep 0.1; done
"$pimtlm" sweep --status "$folder/cancelled" && fail "a cancelled sweep counts as complete"
"$pimtlm" sweep --quiet --resume --engine slurm --chunk 16 --out "$folder/cancelled"
cmp "$folder"/{local,cancelled}/points.csv || fail "points.csv differs after scancel"

# Refused.
"${sweep[@]}" --out "$folder/refused" --engine slurm --slurm-options=--partition=nowhere 2> "$folder/errors" && fail "an unknown partition is taken"
[[ $(wc -l < "$folder/errors") == 1 ]] || fail "expected one line, got $(cat "$folder/errors")"
echo "slurm_sweep: ok"
