package dev.sluice.management.page;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.security.web.session.HttpSessionDestroyedEvent;
import tools.jackson.databind.json.JsonMapper;

/**
 * All streams of events. They end with their session, and at a shutdown after the listeners have stopped, so that a
 * page sees that, and before the web server waits for requests to end.
 */
final class EventStreams implements SmartLifecycle, ApplicationListener<HttpSessionDestroyedEvent> {

    static final int MOST = 32;

    private static final int BETWEEN_LISTENERS_AND_WEB_SERVER = SmartLifecycle.DEFAULT_PHASE - 512;
    private static final int MOST_TOPICS = 4;

    private final Map<String, Topic> topics;
    private final JsonMapper json = new JsonMapper();
    private final Semaphore places = new Semaphore(MOST);
    private final Set<EventStream> open = ConcurrentHashMap.newKeySet();
    private volatile boolean running;

    EventStreams(Collection<Topic> topics) {
        this.topics = topics.stream().collect(Collectors.toMap(Topic::name, Function.identity()));
    }

    /**
     * Opens a stream.
     *
     * @param wanted names of topics, some with a subject behind a colon
     * @param user who looks
     * @param session the id of the reader's; null without one
     * @return nothing if as many as there may be are open, or the program ends
     * @throws IllegalArgumentException if a topic cannot be followed, with the reason
     * @throws SecurityException if a topic is for operators and the user is none
     */
    Optional<EventStream> open(Collection<String> wanted, String user, boolean operator, @Nullable String session) {
        if (wanted.isEmpty() || wanted.size() > MOST_TOPICS) {
            throw new IllegalArgumentException("'topics' must name one to " + MOST_TOPICS + " of "
                    + topics.keySet().stream().sorted().collect(Collectors.joining(", ")));
        }
        if (!places.tryAcquire()) {
            return Optional.empty();
        }
        Map<String, Topic.Source> sources = new LinkedHashMap<>();
        try {
            for (String topic : wanted) {
                sources.put(topic.split(":", 2)[0], source(topic, user, operator));
            }
        } catch (RuntimeException ex) {
            sources.values().forEach(Topic.Source::close);
            places.release();
            throw ex;
        }
        EventStream stream = new EventStream(session, sources, json, this::closed);
        open.add(stream);
        if (!running) {
            stream.close();
            return Optional.empty();
        }
        return Optional.of(stream);
    }

    private Topic.Source source(String wanted, String user, boolean operator) {
        String[] words = wanted.split(":", 2);
        Topic topic = topics.get(words[0]);
        if (topic == null) {
            throw new IllegalArgumentException("there is no topic '" + words[0] + "'");
        }
        if (topic.isForOperators() && !operator) {
            throw new SecurityException("topic '" + words[0] + "' is for operators");
        }
        return topic.open(words.length > 1 ? words[1] : "", user);
    }

    private void closed(EventStream stream) {
        open.remove(stream);
        places.release();
    }

    int count() {
        return open.size();
    }

    @Override
    public void onApplicationEvent(HttpSessionDestroyedEvent event) {
        open.stream().filter(stream -> stream.belongsTo(event.getId())).forEach(EventStream::end);
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        open.forEach(EventStream::end);
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return BETWEEN_LISTENERS_AND_WEB_SERVER;
    }
}
