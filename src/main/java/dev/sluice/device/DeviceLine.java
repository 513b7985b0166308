package dev.sluice.device;

import dev.sluice.command.Device;
import dev.sluice.command.DeviceSocket;
import dev.sluice.command.Flight;
import dev.sluice.message.AddressText;
import dev.sluice.transport.Attendant;
import dev.sluice.transport.Connection;
import dev.sluice.transport.Connection.Written;
import dev.sluice.transport.IdentityProperties.Twice;
import dev.sluice.transport.Reason;
import dev.sluice.transport.framing.FrameBuffer;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection over which commands go to one device, or to several. The thread of a flight writes; the connection's own
 * finds the answers among all that the peer says.
 */
final class DeviceLine implements Attendant, DeviceSocket {

    private static final Logger log = LoggerFactory.getLogger(DeviceLine.class);

    /** For others who are writing to the same peer. */
    private static final Duration TURN = Duration.ofSeconds(30);

    private final Connection connection;
    private final Attendance attendance;
    /** Of numbers that no answer has. */
    private final AtomicLong sent = new AtomicLong();
    /** The devices that were sent something, and have not answered. */
    private final Set<String> awaited = ConcurrentHashMap.newKeySet();

    private final CountDownLatch ended = new CountDownLatch(1);
    /** Whether an answer may come, early or late. */
    private volatile boolean minding;

    DeviceLine(Connection connection, Attendance attendance) {
        this.connection = connection;
        this.attendance = attendance;
    }

    @Override
    public String listener() {
        return connection.listener();
    }

    @Override
    public String connection() {
        return connection.connection();
    }

    @Override
    public String remote() {
        return AddressText.of(connection.remote().getAddress()) + ":"
                + connection.remote().getPort();
    }

    // Of the thread of a flight

    @Override
    public boolean write(Flight flight) {
        CommandForm form = attendance.form(listener());
        if (form == null) {
            return false;
        }
        FrameBuffer frame;
        try {
            long number = form.isNumbered() ? flight.number() : ownNumber(form);
            frame = connection.frame(
                    form.encode(connection.origin().identified(flight.device().identity()), flight.payload(), number));
        } catch (IllegalArgumentException ex) {
            // Whoever submitted it was told so, unless the listener has been declared otherwise since.
            log.warn(
                    "Listener '{}': command {} cannot be written to device {}: {}",
                    listener(),
                    flight.command(),
                    flight.device(),
                    ex.getMessage());
            return false;
        }
        if (form.answers() != null) {
            awaited.add(flight.device().identity());
            minding = true;
        }
        Written written = connection.write(frame, TURN);
        switch (written) {
            case ALL -> {}
            case NONE -> {
                awaited.remove(flight.device().identity());
                awaitEnd();
            }
            case UNKNOWN -> connection.close(Reason.Closed.BROKEN);
        }
        return written != Written.NONE;
    }

    /** Nobody is to try again on a connection of which he is about to hear that it has ended. */
    private void awaitEnd() {
        try {
            boolean _ = ended.await(TURN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }

    private long ownNumber(CommandForm form) {
        long greatest = form.greatestNumber();
        return greatest == 0 ? 0 : sent.getAndIncrement() % greatest + 1;
    }

    @Override
    public void ended() {
        ended.countDown();
    }

    // Of the connection's thread

    @Override
    public boolean minds() {
        return minding;
    }

    @Override
    public boolean take(byte[] message) {
        CommandForm form = attendance.form(listener());
        AnswerPattern answers = form == null ? null : form.answers();
        if (form == null || answers == null) {
            return false;
        }
        // With a number a late answer is told from others, and is nobody else's either.
        boolean told = answers.isNumbered();
        if (!told && awaited.isEmpty()) {
            minding = false;
            if (awaited.isEmpty()) {
                return false;
            }
            minding = true;
        }
        AnswerPattern.Read answer = answers.read(message);
        if (answer == null || !told && !isAwaited(answer.identity())) {
            return false;
        }
        Device device = answer.identity() == null ? null : attendance.device(form, answer.identity());
        attendance.answered(this, device, answer);
        return !answers.forwards();
    }

    /** Returns whether a device, or any if it is not said which, owes an answer; it does not from now on. */
    private boolean isAwaited(@Nullable String identity) {
        if (identity != null) {
            return awaited.remove(identity);
        }
        for (String any : awaited) {
            return awaited.remove(any);
        }
        return false;
    }

    // Of the engine's thread

    @Override
    public Rivals rivals() {
        CommandForm form = attendance.form(listener());
        if (form == null) {
            return Rivals.ALLOWED;
        }
        return switch (form.twice()) {
            case ALLOW -> Rivals.ALLOWED;
            case REFUSE -> Rivals.KEPT;
            case REPLACE -> Rivals.REPLACED;
        };
    }

    /** The engine must not wait for a peer: it is closed by a thread made for that. */
    @Override
    public void close(Closing why) {
        CommandForm form = attendance.form(listener());
        if (why == Closing.REPLACED && form != null && form.twice() == Twice.ALLOW && awaited.isEmpty()) {
            // Both connections stay.
            return;
        }
        Reason.Closed reason = switch (why) {
            case REPLACED -> Reason.Closed.REPLACED;
            case UNANSWERED -> Reason.Closed.UNCONFIRMED;
            case ASKED -> Reason.Closed.OPERATOR;
            case RESTLESS -> Reason.Closed.RESTLESS;
            case REFUSED -> Reason.Closed.REFUSED;
        };
        Thread.ofVirtual().name("close-" + connection()).start(() -> connection.close(reason));
    }
}
