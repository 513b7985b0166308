package dev.sluice.sink.http;

import dev.sluice.message.Confirmation;
import dev.sluice.message.Envelope;
import dev.sluice.sink.Failure;
import dev.sluice.sink.Sink;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.springframework.beans.factory.BeanFactory;

/**
 * Requests to a web server, one a message, on connections that are kept alive.
 *
 * <p>Messages of one stream follow one another, each when its forerunner was answered; streams go side by side, on
 * virtual threads that live as long as one {@link #send}. The places for requests are shared by all who send.
 *
 * <p>A 2xx confirms a message. 401, 403 and 407 refuse the credentials; another 4xx says that the server will never
 * take the message, but for 408, 425 and 429, and 413 if it says when to come again. All else may pass, and holds up
 * what is behind it in its stream, for as long as the server asks. A server that answers and whose answer gets lost
 * sees the message again, under the same {@code ce-id}.
 */
final class HttpSink implements Sink {

    private final HttpSinkProperties properties;
    private final Requests requests;
    private final Exchanges exchanges;

    /**
     * @param beans where the {@code SslBundles} are
     * @throws IllegalArgumentException naming the key whose value cannot be
     */
    HttpSink(String name, HttpSinkProperties properties, BeanFactory beans) {
        this.properties = properties;
        requests = new Requests(properties);
        exchanges = new Exchanges(name, properties, beans);
    }

    @Override
    public Confirmation<Failure> send(List<? extends Envelope> messages) throws InterruptedException {
        Map<Integer, Failure> failures = new ConcurrentHashMap<>();
        Queue<List<Integer>> streams = new ConcurrentLinkedQueue<>(streams(messages));
        if (streams.size() == 1) {
            sendStreams(streams, messages, failures);
        } else {
            sideBySide(Math.min(streams.size(), properties.connections()), () -> {
                sendStreams(streams, messages, failures);
                return null;
            });
        }
        return Confirmation.allBut(failures);
    }

    /** The indices of the messages of each stream. */
    private static Collection<List<Integer>> streams(List<? extends Envelope> messages) {
        Map<String, List<Integer>> streams = new LinkedHashMap<>();
        for (int i = 0; i < messages.size(); i++) {
            streams.computeIfAbsent(messages.get(i).origin().lane(), stream -> new ArrayList<>())
                    .add(i);
        }
        return streams.values();
    }

    private static void sideBySide(int threads, Callable<?> task) throws InterruptedException {
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<?> done : executor.invokeAll(Collections.nCopies(threads, task))) {
                done.get();
            }
        } catch (ExecutionException ex) {
            throw new IllegalStateException("could not send: " + ex.getCause(), ex);
        }
    }

    private void sendStreams(
            Queue<List<Integer>> streams, List<? extends Envelope> messages, Map<Integer, Failure> failures)
            throws InterruptedException {
        for (List<Integer> stream = streams.poll(); stream != null; stream = streams.poll()) {
            boolean stuck = false;
            for (int index : stream) {
                Optional<Failure> failure = stuck
                        ? Optional.of(Failure.held("behind a message that failed"))
                        : exchange(messages.get(index));
                failure.ifPresent(why -> failures.put(index, why));
                stuck |= failure.map(why -> !why.poison()).orElse(false);
            }
        }
    }

    private Optional<Failure> exchange(Envelope message) throws InterruptedException {
        HttpRequest request;
        try {
            request = requests.request(message);
        } catch (IllegalArgumentException ex) {
            return Optional.of(Failure.of(ex));
        }
        Answer answer = new Answer();
        return exchanges.exchange(request, answer).or(answer::failure);
    }

    @Override
    public void close() {
        exchanges.close();
    }
}
