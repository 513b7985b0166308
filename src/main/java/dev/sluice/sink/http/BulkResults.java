package dev.sluice.sink.http;

import dev.sluice.message.Envelope;
import dev.sluice.sink.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What became of each item of a request to {@code _bulk} of Elasticsearch or OpenSearch, by its answer: {@code
 * {"errors":true,"items":[{"create":{"_id":"…","status":201}}, …]}}, in the order of the request.
 *
 * @see <a href="https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-bulk">Bulk API</a>
 */
final class BulkResults {

    private static final JsonMapper JSON = new JsonMapper();
    private static final int CONFLICT = 409;

    private BulkResults() {}

    /**
     * Returns why each message was not taken; empty for one that was.
     *
     * @throws IllegalArgumentException if the answer is another one
     */
    static List<Optional<Failure>> of(byte[] answer, List<? extends Envelope> messages) {
        List<Optional<Failure>> results = new ArrayList<>(messages.size());
        try (JsonParser json = JSON.createParser(answer)) {
            if (json.nextToken() != JsonToken.START_OBJECT || !toItems(json)) {
                throw new IllegalArgumentException("it has no 'items'");
            }
            while (json.nextToken() == JsonToken.START_OBJECT) {
                JsonNode item = json.readValueAsTree();
                if (results.size() == messages.size()) {
                    throw new IllegalArgumentException("it has more items than were sent");
                }
                results.add(result(item, messages.get(results.size())));
            }
        } catch (JacksonException ex) {
            throw new IllegalArgumentException("it is not JSON", ex);
        }
        if (results.size() < messages.size()) {
            throw new IllegalArgumentException("it has " + results.size() + " items of " + messages.size());
        }
        return results;
    }

    private static boolean toItems(JsonParser json) {
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            JsonToken value = json.nextToken();
            if (name.equals("items") && value == JsonToken.START_ARRAY) {
                return true;
            }
            json.skipChildren();
        }
        return false;
    }

    private static Optional<Failure> result(JsonNode item, Envelope message) {
        Map.Entry<String, JsonNode> action = item.properties().stream()
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("it has an item without an action"));
        JsonNode result = action.getValue();
        if (!result.path("status").isInt()) {
            throw new IllegalArgumentException("it has an item without a status");
        }
        int status = result.path("status").intValue();
        // It came before, and the answer to that was lost.
        boolean stored = status == CONFLICT
                && action.getKey().equals("create")
                && result.path("_id").asString("").equals(message.id());
        return stored
                ? Optional.empty()
                : HttpFailures.ofStatus(status, "item refused with " + status + words(result.path("error")));
    }

    /** A text in very old versions; else the cause of the cause says what is wrong with the message. */
    private static String words(JsonNode error) {
        if (error.isMissingNode()) {
            return "";
        }
        String words = ": "
                + (error.isObject()
                        ? error.path("type").asString("") + ": "
                                + error.path("reason").asString("")
                        : error.asString(""));
        String cause = error.path("caused_by").path("reason").asString("");
        return JsonValue.abridged(words) + (cause.isEmpty() ? "" : ", caused by " + JsonValue.abridged(cause));
    }
}
