package dev.sluice.listener.configuration;

import java.util.List;
import java.util.regex.Pattern;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.core.env.ConfigurableEnvironment;

/** Finds replies and sinks whose bean does not exist; it asks for names only and creates nothing. */
public final class BeanCheck {

    private static final Pattern OF_RULE_OR_SINK = Pattern.compile(
            "sluice\\.(?:(?:listeners|protocols)\\.[^.]+\\.rules\\[\\d+]\\.reply\\.bean|sinks\\.[^.]+\\.bean\\.name)");
    private static final Pattern OF_LISTENER = Pattern.compile("sluice\\.listeners\\.[^.]+\\.reply\\.bean");

    private BeanCheck() {}

    /**
     * @throws ConfigurationException if a listener's {@code reply.bean} or a sink's {@code bean.name} is not there
     */
    public static void require(ConfigurableEnvironment environment, ListableBeanFactory beans) {
        List<Problem> problems = problems(environment, beans);
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
    }

    /**
     * @param environment that {@link ConfigurationCheck} finds nothing wrong with
     */
    public static List<Problem> problems(ConfigurableEnvironment environment, ListableBeanFactory beans) {
        Problems problems = new Problems();
        for (Setting setting : named(environment)) {
            String bean = environment.resolvePlaceholders(setting.value().toString());
            if (!beans.containsBean(bean)) {
                problems.add(
                        setting.writtenKey(), "there is no bean '" + bean + "'." + cure(bean, beans), setting.origin());
            }
        }
        return problems.inOrder();
    }

    /** Returns what names a bean: that which a listener or a rule replies by, or that of a sink. */
    static List<Setting> named(ConfigurableEnvironment environment) {
        Said said = new Said(environment);
        return said.all().stream()
                .filter(setting -> OF_RULE_OR_SINK.matcher(setting.key()).matches()
                        || OF_LISTENER.matcher(setting.key()).matches()
                                && said.at(Said.around(setting.key()) + ".type")
                                        .filter(type -> type.value().toString().equalsIgnoreCase("bean"))
                                        .isPresent())
                .toList();
    }

    private static String cure(String bean, ListableBeanFactory beans) {
        String suggestion = Nearest.suggestion(bean, List.of(beans.getBeanDefinitionNames()));
        return suggestion.isEmpty() ? " Is the jar with it in 'extensions/'?" : suggestion;
    }
}
