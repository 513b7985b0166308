package dev.sluice.pattern;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a port does that speaks a protocol, as short as can be: finds frames, matches rules, answers. */
final class SampleDevicePort {

    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    private record Rule(
            @Nullable Pattern pattern,
            @Nullable ReplyTemplate reply,
            @Nullable ReplyTemplate identify) {}

    private final @Nullable Frames frames;
    private final @Nullable FrameFinder finder;
    private final byte[] delimiter;
    private final List<Rule> rules;
    private final String onMismatch;
    private final byte[] onFailure;

    private byte[] left = {};
    private long sequence;

    @Nullable
    String identity;
    /** Of each message, in order; null where no rule fits. */
    final List<@Nullable Map<String, String>> fields = new ArrayList<>();

    SampleDevicePort(SampleProtocol protocol) {
        Charset charset = Charset.forName(protocol.text("charset", "UTF-8"));
        this.frames = protocol.frames().isEmpty()
                ? null
                : Frames.of(
                        protocol.frames(),
                        protocol.keys().containsKey("framing.checksum") ? protocol.text("framing.checksum", "") : null,
                        protocol.escape(),
                        protocol.text("framing.between", ""));
        this.finder = frames == null ? null : frames.newFinder(64 * 1024);
        this.delimiter = protocol.text("framing.type", "line").equals("line")
                ? new byte[] {'\n'}
                : protocol.text("framing.delimiter", "").getBytes(charset);
        this.onMismatch = protocol.text("framing.on-mismatch", "drop");
        this.onFailure = HexFormat.of().parseHex(protocol.text("reply.on-failure-hex", ""));
        this.rules = protocol.rules().stream().map(rule -> rule(rule, charset)).toList();
    }

    private Rule rule(Map<String, Object> keys, Charset charset) {
        Pattern pattern = null;
        if (keys.get("match.hex") instanceof String hex) {
            pattern = Pattern.hex(hex);
        } else if (keys.get("match.text") instanceof String text) {
            pattern = Pattern.text(text, charset);
        } else if (keys.get("match.regex") instanceof String regex) {
            pattern = Pattern.regex(regex, charset);
        }
        ReplyTemplate reply = null;
        if (keys.get("reply.hex") instanceof String hex) {
            reply = ReplyTemplate.hex(hex).sealedBy(frames);
        } else if (keys.get("reply.text") instanceof String text) {
            reply = ReplyTemplate.text(text, charset).sealedBy(frames);
        }
        ReplyTemplate identify = keys.get("identify") instanceof String text ? ReplyTemplate.text(text, charset) : null;
        return new Rule(pattern, reply, identify);
    }

    /** Bytes in, bytes out. */
    byte[] receive(byte[] bytes, boolean datagram) {
        byte[] all = Arrays.copyOf(left, left.length + bytes.length);
        System.arraycopy(bytes, 0, all, left.length, bytes.length);
        List<byte[]> out = new ArrayList<>();
        int from = 0;
        if (frames == null && datagram) {
            message(all, out);
            return all(out);
        } else if (finder == null) {
            for (int end = ByteSearch.indexOf(all, from, all.length, delimiter); end >= 0; ) {
                int textEnd = delimiter[0] == '\n' && end > from && all[end - 1] == '\r' ? end - 1 : end;
                int before = out.size();
                message(Arrays.copyOfRange(all, from, textEnd), out);
                if (out.size() > before) {
                    out.add(delimiter);
                }
                from = end + delimiter.length;
                end = ByteSearch.indexOf(all, from, all.length, delimiter);
            }
        } else {
            from = cut(finder, all, datagram, out);
        }
        left = Arrays.copyOfRange(all, from, all.length);
        return all(out);
    }

    private static byte[] all(List<byte[]> out) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        out.forEach(all::writeBytes);
        return all.toByteArray();
    }

    private int cut(FrameFinder finder, byte[] all, boolean datagram, List<byte[]> out) {
        int from = 0;
        while (true) {
            FrameFinder.Found found = finder.find(all, from, all.length, datagram);
            if (found == FrameFinder.Found.MORE) {
                return finder.start();
            }
            if (found != FrameFinder.Found.FRAME) {
                throw new AssertionError(found + ": " + finder.problem(all, all.length));
            }
            from = finder.end();
            int end = finder.unescape(all);
            if (finder.isIntact(all)) {
                message(Arrays.copyOfRange(all, finder.start(), end), out);
            } else {
                fields.add(null);
                if (onMismatch.equals("fail")) {
                    out.add(onFailure);
                }
            }
        }
    }

    private void message(byte[] message, List<byte[]> out) {
        sequence++;
        for (Rule rule : rules) {
            Match match = rule.pattern == null ? null : rule.pattern.match(message);
            if (rule.pattern != null && match == null) {
                continue;
            }
            Map<String, String> values = new LinkedHashMap<>();
            List<String> names = rule.pattern == null ? List.of() : rule.pattern.names();
            for (int i = 0; i < names.size(); i++) {
                if (match != null && match.has(i)) {
                    values.put(names.get(i), Objects.requireNonNull(match.text(i)));
                }
            }
            fields.add(values);
            if (rule.identify != null) {
                try {
                    identity = new String(
                            rule.identify.render(values(rule.identify, names, match)), StandardCharsets.UTF_8);
                } catch (UnwritableException ex) {
                    // It stays who it was.
                }
            }
            if (rule.reply != null) {
                byte[] reply = rule.reply.render(values(rule.reply, names, match));
                out.add(frames == null ? reply : frames.escaped(reply));
            }
            return;
        }
        fields.add(null);
    }

    private Values values(ReplyTemplate template, List<String> fields, @Nullable Match match) {
        return new Values() {
            @Override
            public @Nullable String text(int index) {
                int field = fields.indexOf(template.names().get(index));
                if (match != null && field >= 0) {
                    return match.text(field);
                }
                return switch (template.names().get(index)) {
                    case "sequence" -> Long.toString(sequence);
                    case "identity" -> identity;
                    case "unix-time" -> Long.toString(NOW.getEpochSecond());
                    default -> null;
                };
            }

            @Override
            public byte @Nullable [] bytes(int index) {
                int field = fields.indexOf(template.names().get(index));
                return match != null && field >= 0 ? match.bytes(field) : null;
            }

            @Override
            public Instant receivedAt() {
                return NOW;
            }
        };
    }
}
