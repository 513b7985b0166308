package dev.sluice.listener.configuration;

import java.util.List;
import java.util.Set;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.core.env.ConfigurableEnvironment;

/** Finds replies and sinks whose bean does not exist; it asks for names only and creates nothing. */
public final class BeanCheck {

    private static final List<String> REPLY_BEAN = List.of("reply", "bean");

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

    /** Returns what names a bean: that which a listener or a rule replies by, or that of a sink. */
    static List<Setting> named(ConfigurableEnvironment environment) {
        Settings settings = Settings.of(environment, Schema.of(SluiceProperties.class));
        return settings.all().stream()
                .filter(setting -> isOfListener(setting, settings) || isOfRule(setting) || isOfSink(setting))
                .toList();
    }

    private static boolean isOfListener(Setting setting, Settings settings) {
        List<String> path = setting.path();
        return path.size() == 4
                && path.getFirst().equals("listeners")
                && path.subList(2, 4).equals(REPLY_BEAN)
                && settings.at(List.of("listeners", path.get(1), "reply", "type"))
                        .filter(type -> type.value().toString().equalsIgnoreCase("bean"))
                        .isPresent();
    }

    private static boolean isOfSink(Setting setting) {
        List<String> path = setting.path();
        return path.size() == 4
                && path.getFirst().equals("sinks")
                && path.subList(2, 4).equals(List.of("bean", "name"));
    }

    private static boolean isOfRule(Setting setting) {
        List<String> path = setting.path();
        return path.size() == 6
                && Set.of("listeners", "protocols").contains(path.getFirst())
                && path.get(2).equals("rules")
                && path.subList(4, 6).equals(REPLY_BEAN);
    }

    private static String cure(String bean, ListableBeanFactory beans) {
        String suggestion = Nearest.suggestion(bean, List.of(beans.getBeanDefinitionNames()));
        return suggestion.isEmpty() ? " Is the jar with it in 'extensions/'?" : suggestion;
    }
}
