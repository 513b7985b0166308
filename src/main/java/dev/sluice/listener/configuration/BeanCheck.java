package dev.sluice.listener.configuration;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.core.env.ConfigurableEnvironment;

/** Finds replies and sinks whose bean does not exist; it asks for names only and creates nothing. */
public final class BeanCheck {

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
                problems.add(setting.key(), "there is no bean '" + bean + "'." + cure(bean, beans), setting.origin());
            }
        }
        return problems.inOrder();
    }

    /** Returns what names a bean: that which a listener replies by, or that of a sink. */
    static List<Setting> named(ConfigurableEnvironment environment) {
        Settings settings = Settings.of(environment, Schema.of(SluiceProperties.class));
        Stream<Optional<Setting>> replies = settings.listeners().stream()
                .filter(listener -> settings.at(List.of("listeners", listener, "reply", "type"))
                        .filter(type -> type.value().toString().equalsIgnoreCase("bean"))
                        .isPresent())
                .map(listener -> settings.at(List.of("listeners", listener, "reply", "bean")));
        Stream<Optional<Setting>> sinks =
                settings.names("sinks").stream().map(sink -> settings.at(List.of("sinks", sink, "bean", "name")));
        return Stream.concat(replies, sinks).flatMap(Optional::stream).toList();
    }

    private static String cure(String bean, ListableBeanFactory beans) {
        String suggestion = Nearest.suggestion(bean, List.of(beans.getBeanDefinitionNames()));
        return suggestion.isEmpty() ? " Is the jar with it in 'extensions/'?" : suggestion;
    }
}
