package dev.sluice.replicas;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Compares what was submitted, what devices have got, and what is told to have become of it. */
final class Oracle {

    private static final JsonMapper JSON = new JsonMapper();

    private final Site site;
    /** What became of which content. */
    private final Map<String, String> outcomes = new HashMap<>();

    private final Map<String, String> contents = new HashMap<>();
    private int retold;

    Oracle(Site site) {
        this.site = site;
    }

    /** Waits until each command is over, and all replicas agree that it is. */
    void awaitEnd() throws Exception {
        for (Site.Replica replica : site.replicas()) {
            Site.await("the last outcomes", () -> ledger(replica).get("pending").asInt() == 0);
        }
    }

    static JsonNode ledger(Site.Replica replica) throws java.io.IOException {
        return replica.get("/actuator/commands").get("ledger");
    }

    /** Fails if a guarantee does not hold, and returns what was seen. */
    String check(Submitters submitters, Devices devices) throws Exception {
        read("commands", record -> {
            Header id = record.headers().lastHeader("ce_id");
            contents.put(
                    id == null
                            ? "%s-%d-%d".formatted(record.topic(), record.partition(), record.offset())
                            : new String(id.value(), UTF_8),
                    record.value());
        });
        read("outcomes", record -> {
            JsonNode json = JSON.readTree(record.value());
            String content = contents.get(json.get("id").asString());
            String outcome = json.get("outcome").asString();
            if (outcomes.putIfAbsent(content, outcome) != null) {
                retold++;
            }
        });
        Map<String, Integer> times = new HashMap<>();
        Map<Integer, List<String>> order = new HashMap<>();
        for (Devices.Received each : devices.received()) {
            if (times.merge(each.content(), 1, Integer::sum) == 1) {
                order.computeIfAbsent(each.device(), _ -> new ArrayList<>()).add(each.content());
            }
        }
        Collection<Submitters.Command> taken = submitters.taken();
        Set<String> submitted = new HashSet<>();
        List<String> without = new ArrayList<>();
        List<String> doubled = new ArrayList<>();
        List<String> wrong = new ArrayList<>();
        int sentAgain = 0;
        for (Submitters.Command command : taken) {
            submitted.add(command.content());
            String outcome = outcomes.get(command.content());
            int seen = times.getOrDefault(command.content(), 0);
            if (outcome == null) {
                without.add(command.content());
                continue;
            }
            if (seen > 1 && command.once()) {
                doubled.add(command.content());
            } else if (seen > 1) {
                sentAgain++;
            }
            boolean sent = switch (outcome) {
                case "confirmed", "rejected" -> true;
                case "expired", "cancelled", "refused" -> false;
                default -> seen > 0;
            };
            if (sent != seen > 0) {
                wrong.add(command.content() + " is " + outcome + ", and came " + seen + " times");
            }
        }
        List<String> early = order.values().stream()
                .flatMap(list -> outOfOrder(list).stream())
                .toList();
        assertThat(without).as("Without outcome").isEmpty();
        assertThat(doubled).as("Sent twice, though once at the most").isEmpty();
        assertThat(wrong).as("Whose outcome is wrong").isEmpty();
        assertThat(early).as("Out of order").isEmpty();
        assertThat(submitted).as("What devices have got").containsAll(times.keySet());
        Set<String> ledgers = new HashSet<>();
        for (Site.Replica replica : site.replicas()) {
            JsonNode ledger = ledger(replica);
            ledgers.add(ledger.toString());
            assertThat(ledger.get("submitted").asLong())
                    .isEqualTo(ledger.properties().stream()
                            .filter(entry -> !entry.getKey().equals("submitted"))
                            .mapToLong(entry -> entry.getValue().asLong())
                            .sum());
        }
        assertThat(ledgers).as("Ledgers").hasSize(1);
        Map<String, Long> by = outcomes.values().stream()
                .collect(Collectors.groupingBy(outcome -> outcome, TreeMap::new, Collectors.counting()));
        return "%d commands: %s; sent again: %d, told again: %d; ledger %s; from the submission to the device: by HTTP %s, by kcat %s"
                .formatted(
                        taken.size(),
                        by,
                        sentAgain,
                        retold,
                        ledgers,
                        percentiles(devices.nanos(true)),
                        percentiles(devices.nanos(false)));
    }

    private static List<String> outOfOrder(List<String> contents) {
        List<String> early = new ArrayList<>();
        int last = -1;
        for (String content : contents) {
            int number = Integer.parseInt(content.substring(0, content.indexOf('@')));
            if (number < last) {
                early.add(content + " after " + last);
            }
            last = Math.max(last, number);
        }
        return early;
    }

    /** In milliseconds. */
    static String percentiles(Collection<Long> nanos) {
        List<Long> sorted = nanos.stream().sorted(Comparator.naturalOrder()).toList();
        return sorted.isEmpty()
                ? "none"
                : String.format(
                        Locale.ROOT,
                        "p50 %.1f ms, p99 %.1f (of %d)",
                        sorted.get(sorted.size() / 2) / 1e6,
                        sorted.get((int) (sorted.size() * .99)) / 1e6,
                        sorted.size());
    }

    private void read(String topic, Consumer<ConsumerRecord<byte[], String>> each) {
        Map<String, Object> settings = Map.of("bootstrap.servers", site.brokers(), "isolation.level", "read_committed");
        try (KafkaConsumer<byte[], String> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new StringDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(Site.PREFIX + topic).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(one -> consumer.position(one) < ends.get(one))) {
                consumer.poll(Duration.ofMillis(200)).forEach(each);
            }
        }
    }
}
