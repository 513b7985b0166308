package dev.sluice.command;

import dev.sluice.command.DeviceSocket.Closing;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.BooleanSupplier;

/** What the machine of one replica among others asks for. Used by the engine's thread. */
final class ClusterActions implements Actions {

    private final CommandIndex index;
    private final Contents contents;
    private final BooleanSupplier ready;
    private final Actions others;
    private final List<Underway> appends = new ArrayList<>();
    /** Those of which only the outcome is known: the command may come, or be dropped from the log by its age. */
    private final Deque<Command> orphans = new ArrayDeque<>();

    /**
     * @param ready whether all is read that was there before
     * @param others take what is asked for besides records
     */
    ClusterActions(CommandIndex index, Contents contents, BooleanSupplier ready, Actions others) {
        this.index = index;
        this.contents = contents;
        this.ready = ready;
        this.others = others;
    }

    List<Underway> takeAppends() {
        List<Underway> taken = List.copyOf(appends);
        appends.clear();
        return taken;
    }

    Deque<Command> orphans() {
        return orphans;
    }

    @Override
    public void append(Underway record) {
        appends.add(record);
    }

    @Override
    public void write(Flying flying) {
        others.write(flying);
    }

    @Override
    public void close(Link link, Closing why) {
        others.close(link, why);
    }

    /** Nobody is told what was there before. */
    @Override
    public void submitted(Command command) {
        index.submitted(command);
        if (ready.getAsBoolean()) {
            others.submitted(command);
        }
    }

    @Override
    public void ended(Command command) {
        contents.drop(command);
        if (!command.isSubmitted()) {
            orphans.add(command);
        } else if (index.ended(command) && ready.getAsBoolean()) {
            others.ended(command);
        }
    }
}
