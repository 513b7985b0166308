package dev.sluice.command;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A device's connection that keeps what is written to it, and answers at once, if it does. */
class AnsweringSocket implements DeviceSocket {

    /** What a device makes of a flight. */
    enum Answer {
        YES,
        NO,
        NOTHING,
        NOT_WRITTEN
    }

    final List<Flight> flights = new CopyOnWriteArrayList<>();
    final List<Closing> closings = new CopyOnWriteArrayList<>();
    private final DeviceCommands commands;
    private final boolean numbered;
    private final Function<Flight, Answer> answer;

    AnsweringSocket(DeviceCommands commands, boolean numbered, Function<Flight, Answer> answer) {
        this.commands = commands;
        this.numbered = numbered;
        this.answer = answer;
    }

    @Override
    public String listener() {
        return "meters";
    }

    @Override
    public String connection() {
        return "c-" + System.identityHashCode(this);
    }

    @Override
    public String remote() {
        return "192.0.2.1:4711";
    }

    @Override
    public boolean write(Flight flight) {
        Answer given = answer.apply(flight);
        if (given == Answer.NOT_WRITTEN) {
            return false;
        }
        flights.add(flight);
        if (given != Answer.NOTHING) {
            answer(null, flight, given == Answer.NO);
        }
        return true;
    }

    void answer(@Nullable Device device, Flight flight, boolean rejected) {
        commands.answered(this, device, numbered ? flight.number() : -1, rejected);
    }

    @Override
    public void close(Closing why) {
        closings.add(why);
    }
}
