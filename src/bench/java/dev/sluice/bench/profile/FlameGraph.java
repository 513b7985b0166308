package dev.sluice.bench.profile;

import java.util.Locale;

/** A profile as a picture: a frame stands on the one that called it, as wide as its share of the time. */
final class FlameGraph {

    private static final double WIDTH = 1600;
    private static final int ROW = 17;
    private static final int MARGIN = 30;
    /** Of a character. */
    private static final double LETTER = 6.6;
    /** Narrower frames are left out, with all that stands on them. */
    private static final double NARROWEST = 0.5;

    private final Profile profile;
    private final String name;
    private final StringBuilder svg = new StringBuilder();
    private int height;

    FlameGraph(Profile profile, String name) {
        this.profile = profile;
        this.name = name;
    }

    String svg() {
        height = MARGIN + ROW * depth(profile.all()) + MARGIN;
        svg.append(text("""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %d" width="%.0f" height="%d" font-family="monospace" font-size="11">
            <rect width="100%%" height="100%%" fill="#fff"/>
            <text x="4" y="18" font-size="14">%s: %,d samples, %s</text>
            """, WIDTH, height, WIDTH, height, escaped(name), profile.samples(), profile.event()));
        legend();
        draw(profile.all(), 0, height - MARGIN);
        return svg.append("</svg>\n").toString();
    }

    private void legend() {
        double x = 4;
        for (Kind kind : Kind.values()) {
            svg.append(text(
                    "<rect x=\"%.0f\" y=\"%d\" width=\"12\" height=\"12\" fill=\"%s\"/>",
                    x, height - 20, kind.color("")));
            svg.append(text("<text x=\"%.0f\" y=\"%d\">%s</text>%n", x + 16, height - 10, kind));
            x += 100;
        }
    }

    private double width(StackTree tree) {
        return WIDTH * tree.nanos() / Math.max(1, profile.nanos());
    }

    private int depth(StackTree tree) {
        return 1
                + tree.callees().stream()
                        .filter(callee -> width(callee) >= NARROWEST)
                        .mapToInt(this::depth)
                        .max()
                        .orElse(0);
    }

    private void draw(StackTree tree, double x, int bottom) {
        double width = width(tree);
        Frame frame = tree.frame();
        int y = bottom - ROW;
        svg.append(text(
                "<g><title>%s: %,d ms, %.2f %%</title><rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\""
                        + " rx=\"1\" fill=\"%s\"/>",
                escaped(frame.toString()),
                tree.nanos() / 1_000_000,
                100.0 * tree.nanos() / Math.max(1, profile.nanos()),
                x,
                y,
                Math.max(width - 0.4, 0.3),
                ROW - 1,
                frame.kind().color(frame.toString())));
        int letters = (int) ((width - 4) / LETTER);
        if (letters >= 3) {
            String label = frame.label();
            svg.append(text(
                    "<text x=\"%.1f\" y=\"%d\">%s</text>",
                    x + 2, y + 12, escaped(label.substring(0, Math.min(letters, label.length())))));
        }
        svg.append("</g>\n");
        double next = x;
        for (StackTree callee : tree.callees()) {
            if (width(callee) >= NARROWEST) {
                draw(callee, next, y);
            }
            next += width(callee);
        }
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
