#!/usr/bin/env bash
# Runs a command with a Slurm cluster of one node, this host: a real slurmctld, slurmd and munged, started for it and ended with
# it, in a folder of their own and on ports of their own.
#     with_slurm.sh COMMAND...
# Status 77: the daemons are not installed or do not come up here.
set -euo pipefail

skip() { echo "with_slurm: $*" >&2; exit 77; }

for daemon in munged slurmctld slurmd sbatch squeue; do
  PATH=$PATH:/usr/sbin command -v $daemon > /dev/null || skip "no $daemon; the packages are munge, slurmctld, slurmd and slurm-client"
done
export PATH=$PATH:/usr/sbin
[[ $EUID -eq 0 ]] || skip "only root may start the daemons"

folder=$(mktemp -d /tmp/slurm-XXXXXX)
pids=()
cleanup() {
  for pid in "${pids[@]}"; do kill "$pid" 2> /dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2> /dev/null || true; done
  rm -rf "$folder"
}
trap cleanup EXIT
mkdir "$folder"/{munge,state,spool}
chmod 711 "$folder" "$folder"/munge  # munged wants its socket to be reachable, and nothing else to be writable

# munged: /tmp may be written by anyone, which it is told to bear.
dd if=/dev/urandom of="$folder/munge.key" bs=128 count=1 status=none
chmod 400 "$folder/munge.key"
munged --foreground --force --key-file="$folder/munge.key" --socket="$folder/munge/socket" --pid-file="$folder/munge/pid" \
  --log-file="$folder/munge/log" --seed-file="$folder/munge/seed" > /dev/null 2>&1 &
pids+=($!)

port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
host=$(hostname -s)
cat > "$folder/slurm.conf" << EOF
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$(port)
SlurmdPort=$(port)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$folder/munge/socket
CredType=cred/munge
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=sched_interval=1,batch_sched_delay=0,sched_min_interval=100000
ReturnToService=2
KillWait=5
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) RealMemory=500 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP OverSubscribe=FORCE:4
EOF
export SLURM_CONF=$folder/slurm.conf

for _ in {1..50}; do [[ -S $folder/munge/socket ]] && break; sleep 0.1; done
[[ -S $folder/munge/socket ]] || skip "munged does not come up: $(tail -1 "$folder/munge/log" 2> /dev/null)"
slurmctld -D -i > /dev/null 2>&1 &
pids+=($!)
slurmd -D -N "$host" > /dev/null 2>&1 &
pids+=($!)
for _ in {1..200}; do
  [[ $(sinfo -h -o %t 2> /dev/null) == idle ]] && break
  sleep 0.1
done
[[ $(sinfo -h -o %t 2> /dev/null) == idle ]] ||
  skip "the node does not come up: $(tail -2 "$folder/slurmctld.log" "$folder/slurmd.log" 2> /dev/null)"

"$@"
