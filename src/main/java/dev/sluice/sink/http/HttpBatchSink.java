package dev.sluice.sink.http;

import dev.sluice.message.Confirmation;
import dev.sluice.message.Envelope;
import dev.sluice.sink.Failure;
import dev.sluice.sink.OrderedConfirmation;
import dev.sluice.sink.Sink;
import dev.sluice.sink.http.HttpBatchProperties.Results;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.beans.factory.BeanFactory;

/**
 * Requests to a web server, many messages in each. The requests of one {@link #send} follow one another, so that all
 * streams keep their order; those of several callers go side by side.
 *
 * <p>A status is that of all messages in the request, as {@link Answer} reads it, unless the body tells of each. What a
 * smaller body may mend (413, and 400 and 422, which a single message may be the cause of) is sent again in halves,
 * until the message at fault is alone. After a failure that may pass nothing more is sent.
 */
final class HttpBatchSink implements Sink {

    /** What the body of an answer with results may take, and what more for each of its items. */
    private static final int ANSWER_BYTES = 1 << 20;

    private static final int RESULT_BYTES = 4096;

    private final HttpBatchProperties batch;
    private final Requests requests;
    private final Exchanges exchanges;
    private final BatchBody body;
    private final BodyLimit limit;

    /**
     * @param beans where the {@code SslBundles} are
     * @throws IllegalArgumentException naming the key whose value cannot be
     */
    HttpBatchSink(String name, HttpSinkProperties properties, HttpBatchProperties batch, BeanFactory beans) {
        this.batch = batch;
        requests = new Requests(properties);
        exchanges = new Exchanges(name, properties, beans);
        body = new BatchBody(batch);
        limit = new BodyLimit(batch.maxSize().toBytes());
    }

    @Override
    public Confirmation<Failure> send(List<? extends Envelope> messages) throws InterruptedException {
        return new Sending(messages).toTheEnd();
    }

    @Override
    public int batchSize() {
        return batch.maxMessages();
    }

    @Override
    public void close() {
        exchanges.close();
    }

    /**
     * A message on its way.
     *
     * @param index in the list that is sent
     */
    private record Item(int index, byte[] bytes) {}

    /** One list of messages. */
    private final class Sending {

        private final List<? extends Envelope> messages;
        private final OrderedConfirmation outcome;
        private final List<Item> gathered = new ArrayList<>();
        private long size;
        private Optional<Failure> away = Optional.empty();

        Sending(List<? extends Envelope> messages) {
            this.messages = messages;
            this.outcome = new OrderedConfirmation(messages);
        }

        Confirmation<Failure> toTheEnd() throws InterruptedException {
            for (int i = 0; i < messages.size() && away.isEmpty(); i++) {
                add(i);
            }
            sendGathered();
            away.ifPresent(failure -> outcome.due()
                    .forEach(index -> outcome.settle(
                            index, Failure.held("not sent, since one before it failed: " + failure.reason()))));
            return outcome.confirmation();
        }

        private void add(int index) throws InterruptedException {
            if (!outcome.isDue(index)) {
                return;
            }
            byte[] bytes;
            try {
                bytes = body.item(messages.get(index));
            } catch (IllegalArgumentException ex) {
                outcome.settle(index, Failure.of(ex));
                return;
            }
            if (gathered.size() >= batch.maxMessages() || size + bytes.length > limit.bytes()) {
                sendGathered();
            }
            gathered.add(new Item(index, bytes));
            size += bytes.length;
        }

        private void sendGathered() throws InterruptedException {
            send(List.copyOf(gathered));
            gathered.clear();
            size = 0;
        }

        private void send(List<Item> items) throws InterruptedException {
            List<Item> due =
                    items.stream().filter(item -> outcome.isDue(item.index())).toList();
            if (due.isEmpty() || away.isPresent()) {
                return;
            }
            byte[] bytes = body.of(due.stream().map(Item::bytes).toList());
            Answer answer = batch.results() == Results.NONE
                    ? new Answer()
                    : Answer.withBody(ANSWER_BYTES + due.size() * RESULT_BYTES);
            Optional<Failure> failure =
                    exchanges.exchange(requests.batch(bytes), answer).or(answer::failure);
            if (failure.isEmpty()) {
                limit.taken();
                taken(due, answer);
            } else if (due.size() > 1 && answer.concernsTheBody()) {
                if (answer.tooLarge()) {
                    limit.refused(bytes.length);
                }
                send(due.subList(0, due.size() / 2));
                send(due.subList(due.size() / 2, due.size()));
            } else {
                failed(due, failure.get());
            }
        }

        private void taken(List<Item> items, Answer answer) {
            if (batch.results() == Results.NONE) {
                items.forEach(item -> outcome.settle(item.index(), null));
                return;
            }
            List<Envelope> sent = new ArrayList<>(items.size());
            items.forEach(item -> sent.add(messages.get(item.index())));
            try {
                List<Optional<Failure>> results = BulkResults.of(answer.body(), sent);
                for (int i = 0; i < items.size(); i++) {
                    outcome.settle(items.get(i).index(), results.get(i).orElse(null));
                }
            } catch (IllegalArgumentException ex) {
                failed(items, Failure.passing("the answer does not tell of each item: " + ex.getMessage()));
            }
        }

        /** A failure that may pass is an attempt of the first of each stream, which the others wait for. */
        private void failed(List<Item> items, Failure failure) {
            for (Item item : items) {
                if (failure.poison() || outcome.isDue(item.index())) {
                    outcome.settle(item.index(), failure);
                }
            }
            away = failure.poison() ? Optional.empty() : Optional.of(failure);
        }
    }
}
