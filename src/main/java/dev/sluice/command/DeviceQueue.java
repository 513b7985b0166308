package dev.sluice.command;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The commands of one device, as one replica knows them. Most devices have none, and most others have one. */
final class DeviceQueue {

    /** That of all devices without commands. Nothing is added to it. */
    static final DeviceQueue NONE = new DeviceQueue();

    private Map<String, Command> commands = Map.of();
    /** Those without an outcome, in order. */
    private List<Command> waiting = List.of();
    /** Those whose device has answered here, which is not in the log yet. */
    private List<Command> answered = List.of();

    @Nullable
    Command find(String id) {
        return commands.get(id);
    }

    void add(Command command) {
        if (commands.isEmpty()) {
            commands = Map.of(command.id(), command);
            return;
        }
        if (commands.size() == 1) {
            commands = new HashMap<>(commands);
        }
        commands.put(command.id(), command);
    }

    void remove(Command command) {
        if (commands.size() > 1) {
            commands.remove(command.id());
        } else if (commands.containsKey(command.id())) {
            commands = Map.of();
        }
    }

    boolean isEmpty() {
        return commands.isEmpty();
    }

    boolean hasOnly(Command command) {
        return commands.size() == 1 && commands.containsValue(command);
    }

    List<Command> waiting() {
        return waiting;
    }

    void enqueue(Command command) {
        int at = Collections.binarySearch(waiting, command);
        waiting = with(waiting, at < 0 ? -at - 1 : at, command);
    }

    void dequeue(Command command) {
        waiting = without(waiting, command);
    }

    List<Command> answered() {
        return answered;
    }

    void answered(Command command, Outcome as) {
        if (command.answer() == null) {
            command.answer(as);
            answered = with(answered, answered.size(), command);
        }
    }

    void settled(Command command) {
        if (command.answer() != null) {
            answered = without(answered, command);
        }
    }

    private static List<Command> with(List<Command> list, int at, Command command) {
        if (list.isEmpty()) {
            return List.of(command);
        }
        List<Command> longer = list.size() == 1 ? new ArrayList<>(list) : list;
        longer.add(at, command);
        return longer;
    }

    private static List<Command> without(List<Command> list, Command command) {
        if (list.size() > 1) {
            list.remove(command);
            return list;
        }
        return list.contains(command) ? List.of() : list;
    }

    /** The earliest deadline of those that wait; as late as can be if none does. */
    long firstDeadline() {
        long first = Long.MAX_VALUE;
        for (Command command : waiting) {
            first = Math.min(first, command.deadline());
        }
        return first;
    }

    boolean hasUnwanted() {
        for (Command command : waiting) {
            if (command.isUnwanted()) {
                return true;
            }
        }
        return false;
    }
}
