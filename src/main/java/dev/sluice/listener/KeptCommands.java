package dev.sluice.listener;

import dev.sluice.command.Cluster;
import dev.sluice.command.CommandLimits;
import dev.sluice.command.CommandRules;
import dev.sluice.command.CommandWatch;
import dev.sluice.command.DeviceCommands;
import dev.sluice.device.ClusterProperties;
import dev.sluice.device.CommandDesk;
import dev.sluice.device.CommandsProperties;
import dev.sluice.listener.configuration.ListenerProperties;
import dev.sluice.listener.configuration.SluiceProperties;
import dev.sluice.log.KafkaClients;
import dev.sluice.log.LogException;
import dev.sluice.log.WrongTopicsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Objects;
import java.util.function.Supplier;

/** Where commands are kept: in a file of this process, or in the topics of a cluster. */
final class KeptCommands implements CommandDesk.Opening {

    private static final String FILE = "devices.db";
    private static final Duration USUAL_TTL = Duration.ofHours(24);

    private final SluiceProperties declared;
    private final Path directory;
    private final Supplier<Path> locked;
    private final Supplier<KafkaClients> clients;

    /**
     * @param locked locks the directory for this process, and returns it
     */
    KeptCommands(SluiceProperties declared, Supplier<Path> locked, Supplier<KafkaClients> clients) {
        this.declared = declared;
        this.directory = declared.dataDirectory();
        this.locked = locked;
        this.clients = clients;
    }

    @Override
    public boolean isDue() {
        return declared.cluster() != null || Files.exists(directory.resolve(FILE));
    }

    @Override
    public DeviceCommands open(CommandRules rules, CommandWatch watch) throws LogException {
        ClusterProperties cluster = declared.cluster();
        if (cluster == null) {
            return DeviceCommands.open(locked.get(), CommandLimits.DEFAULT, watch);
        }
        requireNothingWaits();
        try {
            return DeviceCommands.join(cluster(cluster), CommandLimits.DEFAULT, rules, watch);
        } catch (WrongTopicsException ex) {
            throw new ClusterException(String.valueOf(ex.getMessage()), ex);
        }
    }

    /** Commands that only this process knows of would wait for ever, and so would their outcomes. */
    private void requireNothingWaits() throws LogException {
        if (!Files.exists(directory.resolve(FILE))) {
            return;
        }
        long waiting;
        int outcomes;
        try (DeviceCommands former = DeviceCommands.open(locked.get(), CommandLimits.DEFAULT, new CommandWatch() {})) {
            waiting = former.ledger().pending();
            outcomes = former.outcomesWaiting();
        }
        if (waiting > 0) {
            throw new ClusterException(
                    "sluice.cluster: '" + directory.resolve(FILE) + "' has " + waiting
                            + " commands that wait, of which other replicas know nothing. Start once more without"
                            + " 'sluice.cluster' until /actuator/commands says that none is pending, or cancel them"
                            + " there; or move the file away to give them up",
                    null);
        }
        if (outcomes > 0) {
            throw new ClusterException(
                    "sluice.cluster: '" + directory.resolve(FILE) + "' has " + outcomes
                            + " outcomes of commands that no sink has got. Start once more without 'sluice.cluster' and"
                            + " with 'commands.outcomes' as before, until the meter sluice.commands.outcomes is 0; or"
                            + " move the file away to give them up",
                    null);
        }
    }

    private Cluster cluster(ClusterProperties said) {
        return new Cluster(
                clients.get(),
                said.kafka().prefix(),
                said.name(),
                said.replicaTimeout(),
                said.kafka().partitions(),
                said.kafka().replication(),
                said.kafka().createTopics(),
                declared.listeners().values().stream()
                        .map(ListenerProperties::commands)
                        .filter(Objects::nonNull)
                        .map(CommandsProperties::maxTtl)
                        .max(Comparator.naturalOrder())
                        .filter(longest -> longest.compareTo(USUAL_TTL) > 0)
                        .orElse(USUAL_TTL));
    }
}
