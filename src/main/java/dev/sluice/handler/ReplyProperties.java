package dev.sluice.handler;

import dev.sluice.check.Check;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What a peer gets for a message.
 *
 * @param type of the reply
 * @param text for {@code text}: a template
 * @param hex for {@code hex}: a template of bytes
 * @param bean for {@code bean}: the name of a bean that a service activator can invoke
 * @param topic for {@code kafka}: where requests go, a template
 * @param timeout for {@code kafka}: how long a back-end may take, at least 1s
 * @param after which the peer is answered
 * @param onFailure a template, sent instead when the message could not be accepted or delivered; the connection is
 *     closed if absent
 * @param onFailureHex the same as bytes
 */
public record ReplyProperties(
        @DefaultValue("none") Type type,
        @Nullable String text,
        @Nullable String hex,
        @Nullable String bean,
        @Nullable String topic,
        @DefaultValue("5s") Duration timeout,
        @DefaultValue("accepted") After after,
        @Nullable String onFailure,
        @Nullable String onFailureHex) {

    /** Whether a peer ever gets anything for a message. */
    public boolean answers() {
        return type != Type.NONE || onFailure != null || onFailureHex != null;
    }

    /** Says what is wrong with it. */
    public void check(Check check) {
        checkOwn(check, Type.TEXT, "text", text);
        checkOwn(check, Type.HEX, "hex", hex);
        checkOwn(check, Type.BEAN, "bean", bean);
        check.onlyFor(Type.KAFKA, type, "topic");
        check.onlyFor(Type.KAFKA, type, "timeout");
        if (type == Type.KAFKA) {
            checkBackEnd(check);
        }
        check.template("text", text);
        check.template("on-failure", onFailure);
        check.that(
                onFailure == null || onFailureHex == null,
                "on-failure-hex",
                "is there beside 'on-failure'. Remove one of them");
    }

    private void checkBackEnd(Check check) {
        if (check.present("topic", topic, "the name of a topic that a back-end reads, such as requests")) {
            check.template("topic", topic);
        }
        check.timeout(timeout);
        check.that(
                !timeout.isPositive() || timeout.compareTo(Duration.ofSeconds(1)) >= 0,
                "timeout",
                "must be at least 1s");
    }

    private void checkOwn(Check check, Type owner, String key, @Nullable String value) {
        check.onlyFor(owner, type, key);
        check.that(type != owner || value != null && !value.isEmpty(), key, "is missing: type '" + key + "' needs it");
    }

    /** What has to have happened before a peer is answered. */
    public enum After {
        /** Its message has come. */
        RECEIVED,
        /** Its message is safe: on disk, or with the sinks if they are called directly. */
        ACCEPTED,
        /** Every sink has its message. */
        DELIVERED
    }

    /** Of the reply. */
    public enum Type {
        /** Nothing. */
        NONE,
        /** The message itself. */
        ECHO,
        /** A template. */
        TEXT,
        /** A template of bytes. */
        HEX,
        /** What a bean returns; nothing if it returns null. */
        BEAN,
        /** What a back-end answers over Kafka. */
        KAFKA
    }
}
