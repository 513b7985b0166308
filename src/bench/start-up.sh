#!/usr/bin/env bash
# How long from 'java' to the first accepted connection, and how much memory is resident so many seconds later (10), idle:
# medians of so many starts (5), with the AOT cache of the container and without. After './mvnw -DskipTests package':
#
#   src/bench/start-up.sh [RUNS [SECONDS]]
#
# Needs a Java 25 as 'java' or in JAVA_HOME. The port asked is the greeter's; PROBE_PORT names another, SLUICE_JAR another jar.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

runs=${1:-5}
rest=${2:-10}
export PATH=${JAVA_HOME:+$JAVA_HOME/bin:}$PATH
export SERVER_PORT=${SERVER_PORT:-18080}
export SLUICE_LISTENERS_GREETER_TCP_PORT=${SLUICE_LISTENERS_GREETER_TCP_PORT:-18888}
export SLUICE_LISTENERS_BEACON_UDP_PORT=${SLUICE_LISTENERS_BEACON_UDP_PORT:-18889}
export SLUICE_LISTENERS_INTAKE_TCP_PORT=${SLUICE_LISTENERS_INTAKE_TCP_PORT:-18890}
probe=${PROBE_PORT:-$SLUICE_LISTENERS_GREETER_TCP_PORT}
project=$PWD
jar=${SLUICE_JAR:-target/sluice.jar}
folder=$(mktemp -d)
service=
trap 'kill -KILL $service 2>/dev/null || true; rm -rf "$folder"' EXIT

# What the Dockerfile runs, without the cache: java's arguments have no blanks.
read -ra arguments < <(sed -n 's/^ENTRYPOINT \["java", "-XX:AOTCache=sluice.aot", \(.*\)\]$/\1/p' Dockerfile | tr -d '",')

java -Djarmode=tools -jar "$jar" extract --destination "$folder" --force >/dev/null
# As the class path of the container calls it.
[[ -e $folder/sluice.jar ]] || mv "$folder/$(basename "$jar")" "$folder/sluice.jar"
if [[ -d config ]]; then cp -r config "$folder"; fi
cd "$folder"
bash "$project/src/main/docker/train.sh" sluice.aot "${arguments[@]}" >train.log 2>&1 || { cat train.log; exit 1; }

# Prints milliseconds, and KiB. The polling costs one connection attempt in 5 ms.
start() {
    local begin=$EPOCHREALTIME end memory
    java "$@" >run.log 2>&1 &
    service=$!
    until { exec 3<>"/dev/tcp/127.0.0.1/$probe"; } 2>/dev/null; do
        kill -0 $service 2>/dev/null || { cat run.log >&2; exit 1; }
        sleep 0.005
    done
    end=$EPOCHREALTIME
    exec 3>&-
    sleep "$rest"
    memory=$(awk '/^VmRSS:/ { print $2 }' "/proc/$service/status")
    kill -TERM $service
    wait $service || true
    echo $(((${end/./} - ${begin/./}) / 1000)) "$memory"
}

# In turns, so that what else the machine does falls on both.
for ((i = 0; i < runs; i++)); do
    start "${arguments[@]}" >>without
    start -XX:AOTCache=sluice.aot -XX:AOTMode=on "${arguments[@]}" >>with
done

# Of a file the first or second column, in order; and the middle of it.
column() { awk -v column="$2" '{ print $column }' "$1" | sort -n | xargs; }
median() { column "$@" | awk '{ print $int((NF + 1) / 2) }'; }
report() {
    printf '  %-18s %6d ms (%s) %8d KiB (%s)\n' \
        "$2" "$(median "$1" 1)" "$(column "$1" 1)" "$(median "$1" 2)" "$(column "$1" 2)"
}
echo "Start to first accepted connection, and resident memory $rest s later; medians of $runs:"
report with "with AOT cache"
report without "without AOT cache"
