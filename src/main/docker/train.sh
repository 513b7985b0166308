#!/usr/bin/env bash
# Writes an AOT cache: runs Sluice as it will run, uses it a little, and ends it.
#
#   train.sh CACHE JAVA-ARGUMENT...
#
# Works in the folder that holds sluice.jar, lib and config. The arguments have to be those of the later run: the JVM
# refuses a cache made with another class path or other object headers. The ports are those of config/application.yml,
# unless the environment says otherwise, as it may to Sluice.
set -euo pipefail

cache=$1
shift
http=${SERVER_PORT:-8080}
tcp=${SLUICE_LISTENERS_GREETER_TCP_PORT:-8888}
udp=${SLUICE_LISTENERS_BEACON_UDP_PORT:-8889}

# Prints the status of the answer to a GET.
get() (
    exec 3<>"/dev/tcp/127.0.0.1/$http"
    printf 'GET %s HTTP/1.0\r\n\r\n' "$1" >&3
    IFS=' ' read -r -t 10 _ status _ <&3
    timeout 10 cat <&3 >/dev/null
    echo "$status"
) 2>/dev/null

# A connection that sends so many lines and reads what comes back: a greeting, and maybe answers.
talk() (
    exec 3<>"/dev/tcp/127.0.0.1/$tcp"
    for ((i = 1; i <= $1; i++)); do echo "line $i"; done >&3
    timeout 2 head -n "$1" <&3 >/dev/null || true
)

# The JVM says of hundreds of classes that it leaves them out of the cache; none of it is news.
java -XX:AOTCacheOutput="$cache" -Xlog:aot=error "$@" &
service=$!
trap 'kill -KILL $service 2>/dev/null || true' EXIT

for ((i = 0; ; i++)); do
    status=$(get /actuator/health/readiness || true)
    [[ $status == 200 ]] && break
    if ! kill -0 $service 2>/dev/null || ((i == 600)); then
        echo "train.sh: Sluice did not become ready on port $http" >&2
        exit 1
    fi
    sleep 0.2
done

get /actuator/health >/dev/null || true
# A configuration may have other listeners than the one that comes with Sluice; the cache then knows start-up alone.
if { talk 1 && talk 500 && talk 500; } 2>/dev/null; then
    for ((i = 1; i <= 50; i++)); do echo "datagram $i" >"/dev/udp/127.0.0.1/$udp"; done 2>/dev/null || true
else
    echo "train.sh: no TCP listener on port $tcp; trained without a connection" >&2
fi

kill -TERM $service
result=0
wait $service || result=$?
trap - EXIT
if [[ $result != 143 && $result != 0 || ! -s $cache ]]; then
    echo "train.sh: no cache written; java ended with $result" >&2
    exit 1
fi
