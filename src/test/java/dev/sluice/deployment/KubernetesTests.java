package dev.sluice.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.sluice.listener.configuration.ConfigurationReport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.util.unit.DataSize;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The manifests in {@code config/kubernetes} are such as Kubernetes takes, and fit to the program and its image. */
final class KubernetesTests {

    private static final Path FOLDER = Path.of("config", "kubernetes");
    private static final Path BASE = FOLDER.resolve("base");
    private static final Path CONFIGURATION = BASE.resolve("application.yml");
    private static final Path REPLICAS = FOLDER.resolve("replicas");
    private static final Path COMPONENTS = FOLDER.resolve("components");
    private static final int MANAGEMENT = 8080;

    @TempDir
    private Path folder;

    static List<Manifest> manifests() throws IOException {
        return Manifest.below(FOLDER);
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void eachIsWhatItsModelAllows(Manifest manifest) throws Exception {
        manifest.validate();
    }

    @Test
    void aMistakeWouldBeNoticed() throws IOException {
        for (Manifest manifest : manifests()) {
            if (Set.of("StatefulSet", "Deployment", "TCPRoute").contains(manifest.kind())) {
                String wrong = manifest.content().toString().replace("\"name\"", "\"nam\"");
                assertThatThrownBy(() -> Manifest.in("wrong", wrong).getFirst().validate())
                        .isInstanceOf(IllegalArgumentException.class);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"base", "replicas"})
    void theConfigurationIsValid(String shape) throws IOException {
        Path configuration = FOLDER.resolve(shape).resolve("application.yml");
        Path file = Files.copy(configuration, folder.resolve("application.yml"));
        ConfigurationReport report = ConfigurationReport.of(configuration.toString(), file);
        assertThat(report.valid()).as(() -> String.join("\n", report.lines())).isTrue();
    }

    /** By name: protocol and number. */
    private static Map<String, String> declaredPorts() throws IOException {
        Map<String, String> ports = new TreeMap<>();
        configuration().at("/sluice/listeners").properties().forEach(listener -> {
            String protocol = listener.getValue().has("udp") ? "udp" : "tcp";
            JsonNode declared = listener.getValue().get(protocol);
            assertThat(declared.get("address").asString()).isEqualTo("0.0.0.0");
            ports.put(listener.getKey(), protocol + " " + declared.get("port").asInt());
        });
        return ports;
    }

    private static JsonNode configuration() throws IOException {
        return yaml(CONFIGURATION);
    }

    private static JsonNode yaml(Path file) throws IOException {
        return new JsonMapper().valueToTree(new Yaml().<Object>load(Files.readString(file)));
    }

    private static Map<String, String> ports(JsonNode ports, String number) {
        Map<String, String> all = new TreeMap<>();
        for (JsonNode port : ports) {
            all.put(
                    port.get("name").asString(),
                    protocol(port) + " " + port.get(number).asInt());
        }
        return all;
    }

    private static String protocol(JsonNode port) {
        return port.path("protocol").asString("TCP").equals("UDP") ? "udp" : "tcp";
    }

    private static Manifest find(String kind, String name) throws IOException {
        return manifests().stream()
                .filter(manifest ->
                        manifest.kind().equals(kind) && manifest.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Manifest statefulSet() throws IOException {
        return find("StatefulSet", "sluice");
    }

    private static JsonNode container() throws IOException {
        return statefulSet().at("/spec/template/spec/containers/0");
    }

    @Test
    void eachListenerHasAPortEverywhere() throws IOException {
        Map<String, String> listeners = declaredPorts();
        Map<String, String> all = new TreeMap<>(listeners);
        all.put("management", "tcp " + MANAGEMENT);
        assertThat(ports(container().get("ports"), "containerPort")).isEqualTo(all);

        Map<String, String> balanced = new TreeMap<>();
        for (String service : List.of("sluice-tcp", "sluice-udp")) {
            JsonNode ports = find("Service", service).at("/spec/ports");
            balanced.putAll(ports(ports, "port"));
            ports.forEach(port -> assertThat(port.get("targetPort")).isEqualTo(port.get("name")));
        }
        assertThat(balanced).isEqualTo(listeners);
        assertThat(ports(find("Service", "sluice").at("/spec/ports"), "port")).isEqualTo(listeners);
        assertThat(ports(find("Gateway", "sluice").at("/spec/listeners"), "port"))
                .isEqualTo(listeners);
        assertThat(find("NetworkPolicy", "sluice").at("/spec/ingress/0/ports"))
                .extracting(port -> port.get("port").asString())
                .containsExactlyInAnyOrderElementsOf(listeners.keySet());
    }

    @Test
    void eachRouteLeadsToAPortOfAService() throws IOException {
        Map<String, String> routed = new TreeMap<>();
        for (Manifest route : manifests()) {
            if (route.kind().matches("(TCP|UDP)Route")) {
                JsonNode backend = route.at("/spec/rules/0/backendRefs/0");
                String name = route.at("/spec/parentRefs/0/sectionName").asString();
                assertThat(ports(find("Service", backend.get("name").asString()).at("/spec/ports"), "port"))
                        .containsKey(name);
                routed.put(
                        name,
                        (route.kind().equals("UDPRoute") ? "udp " : "tcp ")
                                + backend.get("port").asInt());
            }
        }
        assertThat(routed).isEqualTo(declaredPorts());
    }

    @Test
    void theContainerIsThatOfTheDockerfile() throws IOException {
        List<String> dockerfile = Files.readAllLines(Path.of("Dockerfile"));
        String user = dockerfile.stream()
                .filter(line -> line.startsWith("USER "))
                .findFirst()
                .orElseThrow();
        JsonNode security = statefulSet().at("/spec/template/spec/securityContext");
        assertThat(user)
                .isEqualTo("USER " + security.get("runAsUser").asInt() + ":"
                        + security.get("runAsGroup").asInt());
        assertThat(security.get("fsGroup")).isEqualTo(security.get("runAsGroup"));

        assertThat(dockerfile).contains("WORKDIR /app", "VOLUME [\"/app/config\", \"/app/data\", \"/tmp\"]");
        assertThat(container().get("volumeMounts"))
                .extracting(mount -> mount.get("mountPath").asString())
                .containsExactlyInAnyOrder("/app/config", "/app/data", "/tmp");
        assertThat(dockerfile).anyMatch(line -> line.startsWith("EXPOSE " + MANAGEMENT + " "));
        assertThat(container().at("/securityContext/readOnlyRootFilesystem").asBoolean())
                .isTrue();
    }

    /** Those of a Service named sluice would look like keys of ours. */
    @Test
    void noVariablesOfServicesAreMade() throws IOException {
        assertThat(statefulSet().at("/spec/template/spec/enableServiceLinks").asBoolean(true))
                .isFalse();
    }

    @Test
    void thereIsTimeToEnd() throws IOException {
        JsonNode framework = new JsonMapper()
                .valueToTree(new Yaml().<Object>load(Files.readString(Path.of("src/main/resources/application.yml"))));
        Duration phase = DurationStyle.detectAndParse(
                framework.at("/spring/lifecycle/timeout-per-shutdown-phase").asString());
        long before = container().at("/lifecycle/preStop/sleep/seconds").asLong();
        assertThat(statefulSet()
                        .at("/spec/template/spec/terminationGracePeriodSeconds")
                        .asLong())
                .isGreaterThan(before + 3 * phase.toSeconds());
    }

    /** Only the volume outlives the pod of the base; where the brokers are, only the other one is told. */
    @Test
    void aReplicaIsAPodOfTheBaseThatKeepsNothing() throws IOException {
        JsonNode replica = find("Deployment", "sluice").at("/spec/template/spec");
        JsonNode container = replica.at("/containers/0");
        for (String same : List.of(
                "ports",
                "startupProbe",
                "livenessProbe",
                "readinessProbe",
                "lifecycle",
                "securityContext",
                "volumeMounts",
                "image")) {
            assertThat(container.get(same)).as(same).isEqualTo(container().get(same));
        }
        for (String same : List.of("securityContext", "serviceAccountName", "enableServiceLinks")) {
            assertThat(replica.get(same))
                    .as(same)
                    .isEqualTo(statefulSet().at("/spec/template/spec").get(same));
        }
        assertThat(replica.at("/volumes"))
                .filteredOn(volume -> volume.get("name").asString().equals("data"))
                .allMatch(volume -> volume.has("emptyDir"))
                .hasSize(1);

        JsonNode configuration = yaml(REPLICAS.resolve("application.yml"));
        assertThat(configuration.at("/sluice/listeners").propertyNames())
                .containsExactlyInAnyOrderElementsOf(declaredPorts().keySet());
        assertThat(configuration.at("/sluice/defaults/delivery.mode").asString())
                .isEqualTo("direct");
        assertThat(configuration.at("/sluice/sinks").valueStream()).allMatch(sink -> sink.has("kafka"));
    }

    @Test
    void aReplicaHasTimeToEndItsConnectionsOneAfterTheOther() throws IOException {
        JsonNode configuration = yaml(REPLICAS.resolve("application.yml"));
        long phase = DurationStyle.detectAndParse(configuration
                        .get("spring.lifecycle.timeout-per-shutdown-phase")
                        .asString())
                .toSeconds();
        long connections =
                configuration.at("/sluice/defaults/limits.max-connections").asLong();
        assertThat(connections / configuration.at("/sluice/cluster/drain-rate").asLong())
                .isLessThan(phase * 3 / 4);
        assertThat(find("Deployment", "sluice")
                        .at("/spec/template/spec/terminationGracePeriodSeconds")
                        .asLong())
                .isGreaterThan(
                        container().at("/lifecycle/preStop/sleep/seconds").asLong() + 3 * phase);
    }

    @Test
    void replicasTakeThePlaceOfTheStatefulSet() throws Exception {
        assumeKustomize();
        List<Manifest> all = kustomize(REPLICAS.toRealPath());
        for (Manifest manifest : all) {
            manifest.validate();
        }
        assertThat(all)
                .extracting(manifest -> manifest.kind() + " " + manifest.name())
                .contains("Deployment sluice", "HorizontalPodAutoscaler sluice", "PodDisruptionBudget sluice")
                .doesNotContain("StatefulSet sluice");
        assertThat(all)
                .filteredOn(manifest -> manifest.kind().equals("ConfigMap"))
                .allMatch(map -> map.at("/data").toString().contains("drain-rate"))
                .hasSize(1);
    }

    @Test
    void theVolumeHasRoomForAllSpools() throws IOException {
        long spools = configuration()
                .at("/sluice/listeners")
                .valueStream()
                .filter(listener -> listener.has("sinks"))
                .mapToLong(listener -> DataSize.parse(
                                listener.path("delivery.max-spool-size").asString())
                        .toBytes())
                .sum();
        String volume = statefulSet()
                .at("/spec/volumeClaimTemplates/0/spec/resources/requests/storage")
                .asString();
        assertThat(DataSize.parse(volume.replace("Gi", "GB")).toBytes()).isGreaterThan(spools);
    }

    @Test
    void probesAskWhatNeedsNoPassword() throws IOException {
        for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
            assertThat(container().at("/" + probe + "/httpGet/path").asString())
                    .isEqualTo("/actuator/health/" + (probe.startsWith("readiness") ? "readiness" : "liveness"));
            assertThat(container().at("/" + probe + "/httpGet/port").asString()).isEqualTo("management");
        }
    }

    static List<Path> components() throws IOException {
        try (Stream<Path> folders = Files.list(COMPONENTS)) {
            return folders.sorted().toList();
        }
    }

    /** With this component, what Kustomize makes of the base. */
    private List<Manifest> kustomized(Path component) throws IOException, InterruptedException {
        String real = folder.toRealPath().toString();
        Files.writeString(folder.resolve("kustomization.yaml"), """
            apiVersion: kustomize.config.k8s.io/v1beta1
            kind: Kustomization
            resources: [%s]
            components: [%s]
            replicas: [ { name: sluice, count: 3 } ]
            """.formatted(
                Path.of(real).relativize(BASE.toRealPath()), Path.of(real).relativize(component.toRealPath())));
        return kustomize(Path.of(real));
    }

    private static List<Manifest> kustomize(Path made) throws IOException, InterruptedException {
        Process kubectl = new ProcessBuilder("kubectl", "kustomize", made.toString())
                .redirectErrorStream(true)
                .start();
        String printed = new String(kubectl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(kubectl.waitFor()).as(printed).isZero();
        return Manifest.in(made.toString(), printed);
    }

    /** One that knows components, which are older than the kubectl of some systems. */
    private static void assumeKustomize() throws InterruptedException {
        boolean present;
        try {
            Process version = new ProcessBuilder("kubectl", "version", "--client")
                    .redirectErrorStream(true)
                    .start();
            present = new String(version.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                    .contains("Kustomize Version: v5");
            version.waitFor();
        } catch (IOException ex) {
            present = false;
        }
        assumeThat(present).as("kubectl with Kustomize 5 is installed").isTrue();
    }

    @ParameterizedTest
    @MethodSource("components")
    void eachComponentFitsToTheBase(Path component) throws Exception {
        assumeKustomize();
        List<Manifest> all = kustomized(component);
        for (Manifest manifest : all) {
            manifest.validate();
        }
        assertThat(all)
                .extracting(manifest -> manifest.kind() + " " + manifest.name())
                .doesNotHaveDuplicates();
        Manifest set = all.stream()
                .filter(manifest -> manifest.kind().equals("StatefulSet"))
                .findFirst()
                .orElseThrow();
        assertThat(set.at("/spec/replicas").asInt()).isEqualTo(3);
        Set<String> volumes = new TreeSet<>(Set.of("data"));
        set.at("/spec/template/spec/volumes")
                .forEach(volume -> volumes.add(volume.get("name").asString()));
        assertThat(set.at("/spec/template/spec/containers/0/volumeMounts"))
                .extracting(mount -> mount.get("name").asString())
                .containsExactlyInAnyOrderElementsOf(volumes);
    }

    @Test
    void whatComponentsPutIntoTheEnvironmentIsUnderstood() throws IOException {
        Map<String, Object> variables = new TreeMap<>();
        for (String component : List.of("tls", "monitoring")) {
            JsonNode kustomization = new JsonMapper()
                    .valueToTree(new Yaml()
                            .<Object>load(Files.readString(COMPONENTS.resolve(component + "/kustomization.yaml"))));
            List<Map<String, Object>> operations =
                    new Yaml().load(kustomization.at("/patches/0/patch").asString());
            for (Map<String, Object> operation : operations) {
                if (String.valueOf(operation.get("path")).endsWith("/env/-")) {
                    Map<?, ?> variable = (Map<?, ?>) operation.get("value");
                    Object value = variable.get("value");
                    variables.put(String.valueOf(variable.get("name")), value == null ? "secret" : value);
                }
            }
        }
        Binder binder = new Binder(ConfigurationPropertySources.from(new SystemEnvironmentPropertySource(
                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables)));

        assertThat(variables).hasSize(4);
        assertThat(binder.bind("spring.ssl.bundle.pem.edge.keystore.private-key", String.class)
                        .get())
                .isEqualTo("/app/tls/tls.key");
        assertThat(binder.bind("spring.ssl.bundle.pem.edge.keystore.certificate", String.class)
                        .get())
                .isEqualTo("/app/tls/tls.crt");
        assertThat(binder.bind("spring.ssl.bundle.pem.edge.reload-on-update", Bindable.of(Boolean.class))
                        .get())
                .isTrue();
        assertThat(binder.bind("sluice.users.prometheus.password", String.class).get())
                .isEqualTo("secret");
    }
}
