#!/usr/bin/env bash
# How long from 'java' to the first accepted connection: the median of so many starts (5), with the AOT cache of the
# container and without. After './mvnw -DskipTests package':
#
#   src/bench/start-up.sh [RUNS]
#
# Needs a Java 25 as 'java' or in JAVA_HOME. The port asked is the greeter's; PROBE_PORT names another.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

runs=${1:-5}
export PATH=${JAVA_HOME:+$JAVA_HOME/bin:}$PATH
export SERVER_PORT=${SERVER_PORT:-18080}
export SLUICE_LISTENERS_GREETER_TCP_PORT=${SLUICE_LISTENERS_GREETER_TCP_PORT:-18888}
export SLUICE_LISTENERS_BEACON_UDP_PORT=${SLUICE_LISTENERS_BEACON_UDP_PORT:-18889}
export SLUICE_LISTENERS_INTAKE_TCP_PORT=${SLUICE_LISTENERS_INTAKE_TCP_PORT:-18890}
probe=${PROBE_PORT:-$SLUICE_LISTENERS_GREETER_TCP_PORT}
project=$PWD
folder=$(mktemp -d)
service=
trap 'kill -KILL $service 2>/dev/null || true; rm -rf "$folder"' EXIT

# What the Dockerfile runs, without the cache: java's arguments have no blanks.
read -ra arguments < <(sed -n 's/^ENTRYPOINT \["java", "-XX:AOTCache=sluice.aot", \(.*\)\]$/\1/p' Dockerfile | tr -d '",')

java -Djarmode=tools -jar target/sluice.jar extract --destination "$folder" --force >/dev/null
if [[ -d config ]]; then cp -r config "$folder"; fi
cd "$folder"
bash "$project/src/main/docker/train.sh" sluice.aot "${arguments[@]}" >train.log 2>&1 || { cat train.log; exit 1; }

# Prints milliseconds. The polling costs one connection attempt in 5 ms.
start() {
    local begin=$EPOCHREALTIME end
    java "$@" >run.log 2>&1 &
    service=$!
    until { exec 3<>"/dev/tcp/127.0.0.1/$probe"; } 2>/dev/null; do
        kill -0 $service 2>/dev/null || { cat run.log >&2; exit 1; }
        sleep 0.005
    done
    end=$EPOCHREALTIME
    exec 3>&-
    kill -TERM $service
    wait $service || true
    echo $(((${end/./} - ${begin/./}) / 1000))
}

# In turns, so that what else the machine does falls on both.
for ((i = 0; i < runs; i++)); do
    start "${arguments[@]}" >>without
    start -XX:AOTCache=sluice.aot -XX:AOTMode=on "${arguments[@]}" >>with
done

median() { sort -n "$1" | awk '{ a[NR] = $1 } END { print a[int((NR + 1) / 2)] }'; }
echo "Start to first accepted connection, median of $runs:"
printf '  %-16s %6d ms   (%s)\n' "with AOT cache" "$(median with)" "$(sort -n with | xargs)"
printf '  %-16s %6d ms   (%s)\n' "without" "$(median without)" "$(sort -n without | xargs)"
