package dev.sluice.transport.framing;

import dev.sluice.check.Check;
import dev.sluice.pattern.Checksum;
import dev.sluice.pattern.Frames;
import dev.sluice.transport.framing.FramingProperties.Type;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What can be told of frames before any comes. */
final class FramesCheck {

    private final FramingProperties framing;
    private final Check check;

    FramesCheck(FramingProperties framing, Check check) {
        this.framing = framing;
        this.check = check;
    }

    /**
     * Returns whether all is right, and reports what is not.
     *
     * @param stream whether frames come one after another, so that each has to have an end
     */
    boolean isRight(boolean stream) {
        check.that(
                framing.frames().isEmpty() || framing.writtenType() == Type.FRAMES || !check.saysItself("type"),
                "type",
                "is 'frames' where 'frames' are given. Leave it out");
        if (!check.that(
                !framing.frames().isEmpty(),
                "frames",
                "type 'frames' needs them, as \"7878 ({length:u8-2} {*}) {checksum} 0D0A\"")) {
            return false;
        }
        return check.parsed("escape", () -> Frames.checkEscapes(framing.escape()))
                & check.parsed("between", () -> Frames.checkBetween(framing.between()))
                & areRight(stream);
    }

    private boolean areRight(boolean stream) {
        String name = framing.checksum();
        if (name != null && !check.parsed("checksum", () -> Checksum.named(name))) {
            return false;
        }
        Checksum checksum = name == null ? null : Checksum.named(name);
        boolean right = true;
        boolean checked = false;
        for (int i = 0; i < framing.frames().size(); i++) {
            String pattern = framing.frames().get(i);
            String key = "frames[" + i + "]";
            if (check.parsed(key, () -> Frames.isChecked(pattern, checksum))) {
                checked |= Frames.isChecked(pattern, checksum);
                right &= !stream || hasEnd(key, pattern, checksum);
            } else {
                right = false;
            }
        }
        return right
                && check.that(
                        checksum == null || checked,
                        "checksum",
                        "is in none of the frames. Say where it stands and what it is made of, as"
                                + " \"7E ({*}) {checksum} 7E\"");
    }

    private boolean hasEnd(String key, String pattern, @Nullable Checksum checksum) {
        Frames alone = Frames.of(List.of(pattern), checksum == null ? null : checksum.name(), Map.of(), "");
        return check.that(
                alone.endless() < 0,
                key,
                "has no end: nothing tells where such a frame stops in a stream. Give it a {length}, or bytes behind"
                        + " {*}");
    }
}
