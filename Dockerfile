# docker build -t sluice .
# docker run -p 8080:8080 -p 8888:8888 -p 8889:8889/udp -v "$PWD/config:/app/config:ro" -v sluice-data:/app/data --read-only sluice
#
# ContainerBuildIT takes the instructions below out of this file and follows them, which shows that they work without Docker.

FROM eclipse-temurin:25-jdk AS build
WORKDIR /build
COPY . .
RUN --mount=type=cache,target=/root/.m2 ./mvnw -B -DskipTests package
RUN java -Djarmode=tools -jar target/sluice.jar extract --layers --destination target/layers

# What changes least comes first.
FROM eclipse-temurin:25-jre AS app
WORKDIR /app
COPY --from=build /build/target/layers/dependencies/ ./
COPY --from=build /build/target/layers/spring-boot-loader/ ./
COPY --from=build /build/target/layers/snapshot-dependencies/ ./
COPY --from=build /build/target/layers/application/ ./
COPY config/application.yml config/
RUN mkdir data extensions && chown 10001:10001 data

# A stage of its own, so that what the training leaves behind stays there.
FROM app AS train
COPY src/main/docker/train.sh /
RUN ["bash", "/train.sh", "sluice.aot", "-XX:+UseSerialGC", "-Xms32m", "-XX:TrimNativeHeapInterval=10000", "-XX:+UseCompactObjectHeaders", "-XX:+ExitOnOutOfMemoryError", "-XX:Tier3InvocationThreshold=1000", "-XX:Tier3MinInvocationThreshold=500", "-XX:Tier3CompileThreshold=10000", "-XX:Tier4InvocationThreshold=200000", "-XX:Tier4MinInvocationThreshold=50000", "-XX:Tier4CompileThreshold=400000", "-XX:Tier4BackEdgeThreshold=1000000", "--enable-native-access=ALL-UNNAMED", "-cp", "sluice.jar:extensions/*", "dev.sluice.Application"]

FROM app
# docker build --build-arg VERSION=$(git describe --always) --build-arg REVISION=$(git rev-parse HEAD) -t sluice .
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Sluice" \
    org.opencontainers.image.description="Managed TCP and UDP listeners: declared in YAML, answered when safe" \
    org.opencontainers.image.version="$VERSION" \
    org.opencontainers.image.revision="$REVISION" \
    org.opencontainers.image.base.name="docker.io/library/eclipse-temurin:25-jre"
COPY --from=train /app/sluice.aot ./
USER 10001:10001
# With these, --read-only needs no more: /tmp holds Tomcat's folder, data the spools. What is in data outlives the container
# only in a volume that is named.
VOLUME ["/app/config", "/app/data", "/tmp"]
EXPOSE 8080 8888 8889/udp
# Bash asks, since a JVM for each check would cost more than most listeners do.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/${SERVER_PORT:-8080} && printf 'GET /actuator/health/readiness HTTP/1.0\\r\\n\\r\\n' >&3 && read -r _ status _ <&3 && [ \"$status\" = 200 ]"]
# Java is process 1 and gets SIGTERM itself; give it as long to end as its listeners may drain (docker stop --timeout).
# Jars in extensions follow the class path that the cache knows, which leaves it valid. More options for the JVM: the
# environment variable JAVA_TOOL_OPTIONS. What lives long is small, so the serial collector is the fastest and needs the least memory,
# and what starting took of it is given back. Compilers set in later than usual (tier 3 five times, the optimizing tier 4 much later),
# in training as well: else they would take the start a processor, and would optimize for what starting is like, as the cache knows
# it, and not for messages.
ENTRYPOINT ["java", "-XX:AOTCache=sluice.aot", "-XX:+UseSerialGC", "-Xms32m", "-XX:TrimNativeHeapInterval=10000", "-XX:+UseCompactObjectHeaders", "-XX:+ExitOnOutOfMemoryError", "-XX:Tier3InvocationThreshold=1000", "-XX:Tier3MinInvocationThreshold=500", "-XX:Tier3CompileThreshold=10000", "-XX:Tier4InvocationThreshold=200000", "-XX:Tier4MinInvocationThreshold=50000", "-XX:Tier4CompileThreshold=400000", "-XX:Tier4BackEdgeThreshold=1000000", "--enable-native-access=ALL-UNNAMED", "-cp", "sluice.jar:extensions/*", "dev.sluice.Application"]
