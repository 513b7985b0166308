package dev.sluice.bench;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.Styler.LegendPosition;

/** Pictures in SVG. A system without fonts cannot have them drawn: it then has the tables alone. */
public final class Pictures {

    private static final int WIDTH = 900;
    private static final int HEIGHT = 500;
    private static final String WHOLE = "#,###";

    private Pictures() {}

    /** A bar each, in the order of the map. Without values there is no picture. */
    static void bars(Path file, String title, String unit, Map<String, Double> values) throws IOException {
        if (values.isEmpty()) {
            return;
        }
        write(file, () -> {
            var chart = new CategoryChartBuilder()
                    .width(WIDTH)
                    .height(HEIGHT)
                    .title(title)
                    .yAxisTitle(unit)
                    .build();
            chart.getStyler()
                    .setLabelsVisible(true)
                    .setYAxisDecimalPattern(WHOLE)
                    .setXAxisLabelRotation(30)
                    .setLocale(Locale.ROOT)
                    .setLegendVisible(false)
                    .setChartBackgroundColor(Color.WHITE);
            chart.addSeries(unit, List.copyOf(values.keySet()), List.copyOf(values.values()));
            return chart;
        });
    }

    /** How y grows with x, whose axis is logarithmic; a line each. Lines without a point are left out. */
    public static void growth(Path file, Axes axes, Map<String, ? extends SortedMap<Integer, Double>> lines)
            throws IOException {
        write(file, () -> {
            var chart = new XYChartBuilder()
                    .width(WIDTH)
                    .height(HEIGHT)
                    .title(axes.title)
                    .xAxisTitle(axes.x)
                    .yAxisTitle(axes.y)
                    .build();
            chart.getStyler()
                    .setXAxisLogarithmic(true)
                    .setYAxisLogarithmic(axes.logarithmic)
                    .setXAxisDecimalPattern(WHOLE)
                    .setYAxisDecimalPattern(WHOLE)
                    .setLocale(Locale.ROOT)
                    .setLegendPosition(LegendPosition.InsideNW)
                    .setChartBackgroundColor(Color.WHITE);
            if (!axes.logarithmic) {
                chart.getStyler().setYAxisMin(0.0);
            }
            lines.forEach((name, points) -> {
                if (!points.isEmpty()) {
                    chart.addSeries(name, List.copyOf(points.keySet()), List.copyOf(points.values()));
                }
            });
            return chart;
        });
    }

    /** @param logarithmic whether y's axis is, too; else it begins at 0 */
    public record Axes(String title, String x, String y, boolean logarithmic) {}

    private interface Drawing {
        Chart<?, ?> draw();
    }

    private static void write(Path file, Drawing drawing) throws IOException {
        try {
            VectorGraphicsEncoder.saveVectorGraphic(drawing.draw(), file.toString(), VectorGraphicsFormat.SVG);
        } catch (RuntimeException | LinkageError e) {
            System.out.printf("%s is not drawn: %s%n", file.getFileName(), e);
        }
    }
}
