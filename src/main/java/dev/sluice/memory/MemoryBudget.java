package dev.sluice.memory;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * How much memory all connections hold together, and the limit of it.
 *
 * <p>Four measures, in this order. From three quarters of the limit on nobody takes what he can do without: reads are
 * short. From seven eighths on those are closed that hold most and have done so for longest, until three quarters are
 * left. At the limit whoever needs more waits a second for what others give back, which slows down his peer; and then
 * he is closed himself.
 *
 * <p>Threads: all may take and give back, by one addition, and only beyond seven eighths is there more to do. One
 * thread at a time looks for whom to close, which is the one that found it necessary.
 */
public final class MemoryBudget {

    /** What a connection takes that does nothing, with its threads and buffers as they are at first. */
    public static final long CONNECTION = 8 * 1024;
    /** What TLS takes besides. */
    public static final long TLS = 48 * 1024;

    /**
     * The region of a heap of up to 4 GB that is collected by regions: an array of half of one or more takes whole
     * ones.
     */
    private static final int REGION = 1 << 20;

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    /** Whoever has been closed needs a moment to give back what he has. */
    private static final long BETWEEN_LOOKS_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    /** Where nobody could be closed, nobody can be a moment later. */
    private static final long AFTER_NOBODY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    /** The time of one who waits for nothing that he is owed counts for so much less. */
    private static final double IDLE = 0.01;

    private final long limit;
    private final long tight;
    private final long relief;
    private final AtomicLong used = new AtomicLong();
    /** This part of what is used belongs to messages that wait to be accepted. */
    private final AtomicLong gathered = new AtomicLong();

    private final Set<Holding> holdings = ConcurrentHashMap.newKeySet();

    private final ReentrantLock relieving = new ReentrantLock();
    private long nextLook = System.nanoTime();

    private final AtomicInteger waiting = new AtomicInteger();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition givenBack = lock.newCondition();

    private record Candidate(Holding holding, long bytes, double weight) {}

    /**
     * @param limit in bytes
     */
    public MemoryBudget(long limit) {
        this.limit = limit;
        this.tight = limit / 4 * 3;
        this.relief = limit / 8 * 7;
    }

    /** What an array of so many bytes takes. */
    public static long cost(long length) {
        return length < REGION / 2 ? length : (length + REGION) / REGION * REGION;
    }

    /** In bytes. */
    public long limit() {
        return limit;
    }

    /** Of these, what one connection may hold: others need not go for the sake of one who would have more. */
    public long mostOfOne() {
        return limit / 2;
    }

    /** In bytes. */
    public long used() {
        return used.get();
    }

    /**
     * Adds a holder, whether there is room for it or not.
     *
     * @param base what it holds as long as it is there
     */
    public Holding open(Holder holder, long base) {
        Holding holding = new Holding(this, holder, base);
        used.addAndGet(base);
        holdings.add(holding);
        return holding;
    }

    /** What somebody holds who is bounded by other means, and is never closed. */
    public Holding aside() {
        return new Holding(this, null, 0);
    }

    /** Whether there is room for another connection, if need be after a wait for what others give back. */
    public boolean hasRoom() {
        return fits(CONNECTION) || await(() -> fits(CONNECTION), () -> false);
    }

    private boolean fits(long bytes) {
        return used.get() + bytes <= limit;
    }

    boolean isTight() {
        return used.get() > tight;
    }

    boolean tryTake(long bytes, Holding asking) {
        long sum = used.addAndGet(bytes);
        if (sum <= limit) {
            if (sum > relief) {
                relieve();
            }
            return true;
        }
        used.addAndGet(-bytes);
        return taken(used, bytes, limit, asking);
    }

    /**
     * Takes bytes for messages until they are accepted. That may take long, and closing their holder would not end it.
     * So half of the limit is left to others.
     */
    boolean tryGather(long bytes, Holding asking) {
        if (!takes(gathered, bytes, limit / 2) && !taken(gathered, bytes, limit / 2, asking)) {
            return false;
        }
        if (!tryTake(bytes, asking)) {
            gathered.addAndGet(-bytes);
            return false;
        }
        return true;
    }

    /** Waits for what others give back. Whoever gets nothing is closed. */
    private boolean taken(AtomicLong sum, long bytes, long most, Holding asking) {
        boolean taken = asking.bytes() + bytes <= mostOfOne() && await(() -> takes(sum, bytes, most), asking::isClosed);
        if (!taken) {
            asking.close();
        }
        return taken;
    }

    private static boolean takes(AtomicLong sum, long bytes, long most) {
        if (sum.addAndGet(bytes) <= most) {
            return true;
        }
        sum.addAndGet(-bytes);
        return false;
    }

    void giveBackGathered(long bytes) {
        gathered.addAndGet(-bytes);
        giveBack(bytes);
    }

    void giveBack(long bytes) {
        used.addAndGet(-bytes);
        if (waiting.get() > 0) {
            signal();
        }
    }

    void ended(Holding holding) {
        if (holdings.remove(holding)) {
            gathered.addAndGet(-holding.gathered());
            giveBack(holding.bytes());
        }
    }

    private boolean await(BooleanSupplier done, BooleanSupplier given) {
        long until = System.nanoTime() + PATIENCE_NANOS;
        waiting.incrementAndGet();
        try {
            while (true) {
                relieve();
                if (done.getAsBoolean()) {
                    // There may be enough left for the next.
                    signal();
                    return true;
                }
                long left = until - System.nanoTime();
                if (left <= 0 || given.getAsBoolean()) {
                    return false;
                }
                awaitGivenBack(Math.min(left, LOOK_NANOS));
            }
        } finally {
            waiting.decrementAndGet();
        }
    }

    private void awaitGivenBack(long nanos) {
        boolean interrupted = false;
        lock.lock();
        try {
            long left = nanos;
            while (left > 0) {
                try {
                    givenBack.awaitNanos(left);
                    return;
                } catch (InterruptedException ex) {
                    interrupted = true;
                    left /= 2;
                }
            }
        } finally {
            lock.unlock();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void signal() {
        lock.lock();
        try {
            givenBack.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Closes those that hold most and have done so for longest, until what is left is below three quarters. */
    private void relieve() {
        if (used.get() <= relief || !relieving.tryLock()) {
            return;
        }
        try {
            long now = System.nanoTime();
            if (now - nextLook < 0) {
                return;
            }
            long excess = used.get() - tight;
            List<Candidate> candidates = new ArrayList<>();
            for (Holding holding : holdings) {
                if (holding.isClosed()) {
                    excess -= holding.bytes();
                } else {
                    consider(holding, now, candidates);
                }
            }
            candidates.sort(Comparator.comparingDouble(Candidate::weight).reversed());
            for (Candidate candidate : candidates) {
                if (excess <= 0) {
                    break;
                }
                excess -= candidate.bytes();
                candidate.holding().close();
            }
            nextLook = System.nanoTime() + (candidates.isEmpty() ? AFTER_NOBODY_NANOS : BETWEEN_LOOKS_NANOS);
        } finally {
            relieving.unlock();
        }
    }

    private static void consider(Holding holding, long now, List<Candidate> candidates) {
        Holder holder = holding.holder();
        long since = holder == null ? 0 : holder.waitsSince();
        long bytes = holding.beyondBase();
        if (holder != null && since != 0 && bytes > 0) {
            double nanos = Math.max(0, now - since) + TimeUnit.MILLISECONDS.toNanos(1);
            double weight = holder.isOwed() ? bytes * nanos : bytes * nanos * IDLE;
            candidates.add(new Candidate(holding, holding.bytes(), weight));
        }
    }
}
