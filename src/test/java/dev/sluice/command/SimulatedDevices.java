package dev.sluice.command;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The devices: they connect, to two replicas at once too, drop, move, and answer late or not at all. */
final class SimulatedDevices {

    /** A connection from the side of its device. */
    static final class Connection {
        final long id;
        final SimulatedReplica replica;
        final List<Device> devices;
        boolean open = true;

        Connection(long id, SimulatedReplica replica, List<Device> devices) {
            this.id = id;
            this.replica = replica;
            this.devices = devices;
        }
    }

    /** What a device has said of a command. */
    record Said(Device device, String command, boolean rejected) {}

    final Set<Said> said = new HashSet<>();
    final Map<Device, List<Connection>> open = new HashMap<>();
    final Map<Device, Boolean> wanted = new HashMap<>();

    private final Simulation world;
    private final Chance chance;
    private final Map<Long, Connection> connections = new HashMap<>();
    private final int interval;
    private double answering;
    private final double rejecting;
    private final int thinking;
    private long lastConnection;

    SimulatedDevices(Simulation world) {
        this.world = world;
        this.chance = world.chance;
        this.interval = chance.one(300, 800, 2500);
        this.answering = chance.of(.5) ? 1 : chance.of(.5) ? .7 : .3;
        this.rejecting = chance.of(.5) ? 0 : .15;
        this.thinking = chance.one(20, 100, 500, 1200);
        for (Device device : world.all) {
            open.put(device, new ArrayList<>());
            wanted.put(device, true);
            world.at(chance.below(1500), () -> live(device));
        }
    }

    Connection connection(long id) {
        return connections.get(id);
    }

    private boolean isLed(Device device) {
        return world.gateway && device != world.all.getFirst();
    }

    private void live(Device device) {
        if (world.healing) {
            return;
        }
        world.at(world.now + chance.around(interval) + 20, () -> live(device));
        if (isLed(device)) {
            return;
        }
        List<Connection> mine = open.get(device);
        double what = chance.fraction();
        if (mine.isEmpty()) {
            if (what < .8) {
                connect(device);
            }
        } else if (what < .2) {
            drop(chance.one(mine), chance.of(.4));
        } else if (what < .5) {
            drop(mine.getFirst(), chance.of(.6));
            connect(device);
        } else if (what < .62 && mine.size() < 3) {
            connect(device);
        } else if (what < .66 && mine.size() < 2) {
            connect(device);
            connect(device);
        }
    }

    private boolean connect(Device device) {
        List<SimulatedReplica> living = world.living();
        if (living.isEmpty()) {
            return false;
        }
        SimulatedReplica replica = chance.one(living);
        List<Device> devices = world.gateway ? world.all : List.of(device);
        Connection connection = new Connection(++lastConnection, replica, devices);
        connections.put(connection.id, connection);
        devices.forEach(each -> open.get(each).add(connection));
        world.at(world.now + world.delay(10), () -> accept(connection));
        return true;
    }

    private void accept(Connection connection) {
        SimulatedReplica replica = connection.replica;
        if (!replica.alive) {
            closedByReplica(connection.id);
        } else if (replica.paused > world.now) {
            world.at(replica.paused + 1, () -> accept(connection));
        } else if (!replica.machine.isReady()) {
            world.at(world.now + 200, () -> accept(connection));
        } else {
            Link link = new Link(connection.id, world.terms, null);
            replica.links.put(connection.id, link);
            connection.devices.forEach(device -> replica.machine.connected(link, device));
            replica.settle();
            if (!connection.open) {
                world.at(world.now + world.delay(30), () -> noticed(connection));
            }
        }
    }

    void drop(Connection connection, boolean silently) {
        if (shut(connection)) {
            int delay = silently ? 1500 + chance.below(5000) : world.delay(30);
            world.at(world.now + delay, () -> noticed(connection));
        }
    }

    private boolean shut(Connection connection) {
        boolean was = connection.open;
        connection.open = false;
        if (was) {
            connection.devices.forEach(device -> open.get(device).remove(connection));
        }
        return was;
    }

    private void noticed(Connection connection) {
        SimulatedReplica replica = connection.replica;
        if (!replica.alive) {
            return;
        }
        if (replica.paused > world.now) {
            world.at(replica.paused + 1, () -> noticed(connection));
            return;
        }
        Link link = replica.links.get(connection.id);
        if (link != null) {
            replica.machine.gone(link);
            replica.settle();
        }
    }

    void closedByReplica(long id) {
        Connection connection = connections.get(id);
        if (shut(connection) && (world.healing || chance.of(.7))) {
            Device device = connection.devices.getFirst();
            world.at(world.now + 20 + chance.below(600), () -> redial(device));
        }
    }

    private void redial(Device device) {
        if (wanted.get(device) && open.get(device).isEmpty() && !connect(device)) {
            world.at(world.now + 500, () -> redial(device));
        }
    }

    void killed(SimulatedReplica replica) {
        for (Connection connection : connections.values()) {
            if (connection.open && connection.replica == replica) {
                world.at(world.now + world.delay(30), () -> closedByReplica(connection.id));
            }
        }
    }

    void stopped(SimulatedReplica replica) {
        for (Link link : List.copyOf(replica.links.values())) {
            if (link.isOpen()) {
                world.at(world.now + world.delay(10), () -> closedByReplica(link.id()));
                replica.machine.gone(link);
            }
        }
        replica.settle();
    }

    void heal() {
        answering = Math.max(answering, .5);
        for (Device device : world.all) {
            if (isLed(device)) {
                wanted.put(device, wanted.get(world.all.getFirst()));
                continue;
            }
            boolean stays = chance.of(.7);
            wanted.put(device, stays);
            List<Connection> mine = List.copyOf(open.get(device));
            for (int i = stays ? 1 : 0; i < mine.size(); i++) {
                drop(mine.get(i), false);
            }
            world.at(world.now + 300, () -> redial(device));
        }
    }

    // Commands

    /** @param looked whether the replica has looked again, and stopped behind that */
    void write(SimulatedReplica replica, Flying flying, boolean looked) {
        if (!replica.alive) {
            return;
        }
        if (replica.paused > world.now) {
            world.at(replica.paused + 1, () -> write(replica, flying, looked));
            return;
        }
        Link link = flying.binding().link();
        boolean may = looked ? link.isOpen() : replica.machine.mayWrite(flying);
        if (may && !looked && world.stopping > 0 && !world.healing && chance.of(world.stopping)) {
            replica.pause(0);
            world.at(replica.paused + 1, () -> write(replica, flying, true));
            return;
        }
        if (!may) {
            replica.machine.unwritten(flying);
            replica.settle();
            return;
        }
        world.guarantees.written(replica, flying, looked);
        replica.machine.written(flying);
        replica.settle();
        world.at(world.now + Simulation.TIMEOUT, () -> timedOut(replica, flying));
        Connection connection = connections.get(link.id());
        if (connection.open) {
            world.at(world.now + world.delay(20), () -> received(connection, flying));
        }
    }

    private void timedOut(SimulatedReplica replica, Flying flying) {
        if (replica.alive && replica.paused > world.now) {
            world.at(replica.paused + 1, () -> timedOut(replica, flying));
        } else if (replica.alive) {
            replica.machine.timedOut(flying);
            replica.settle();
        }
    }

    private void received(Connection connection, Flying flying) {
        if (connection.open && (chance.of(answering) || world.healing && chance.of(.5))) {
            boolean rejected = chance.of(rejecting);
            world.at(world.now + world.delay(thinking), () -> answer(connection, flying, rejected));
        }
    }

    private void answer(Connection connection, Flying flying, boolean rejected) {
        if (connection.open) {
            Device device = flying.binding().device().device();
            said.add(new Said(device, flying.sent().command(), rejected));
            long number = flying.binding().link().number(flying.sent());
            @Nullable Device named = world.terms.named() ? device : null;
            world.at(world.now + world.delay(20), () -> answered(connection, named, number, rejected));
        }
    }

    private void answered(Connection connection, @Nullable Device device, long number, boolean rejected) {
        SimulatedReplica replica = connection.replica;
        if (!replica.alive) {
            return;
        }
        if (replica.paused > world.now) {
            world.at(replica.paused + 1, () -> answered(connection, device, number, rejected));
            return;
        }
        Link link = replica.links.get(connection.id);
        if (link != null) {
            replica.machine.answered(link, device, number, rejected);
            replica.settle();
        }
    }
}
