package dev.sluice.listener.configuration;

import java.util.List;
import java.util.Optional;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.core.env.ConfigurableEnvironment;

/** Finds replies whose bean does not exist; it asks for names only and creates nothing. */
public final class ReplyBeanCheck {

    private ReplyBeanCheck() {}

    /**
     * @throws ConfigurationException if a listener's {@code reply.bean} is not there
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

    /** What listeners say about the bean that they reply by. */
    static List<Setting> named(ConfigurableEnvironment environment) {
        Settings settings = Settings.of(environment, Schema.of(SluiceProperties.class));
        return settings.listeners().stream()
                .filter(listener -> settings.at(List.of("listeners", listener, "reply", "type"))
                        .filter(type -> type.value().toString().equalsIgnoreCase("bean"))
                        .isPresent())
                .map(listener -> settings.at(List.of("listeners", listener, "reply", "bean")))
                .flatMap(Optional::stream)
                .toList();
    }

    private static String cure(String bean, ListableBeanFactory beans) {
        String suggestion = Nearest.suggestion(bean, List.of(beans.getBeanDefinitionNames()));
        return suggestion.isEmpty() ? " Is the jar with it in 'extensions/'?" : suggestion;
    }
}
