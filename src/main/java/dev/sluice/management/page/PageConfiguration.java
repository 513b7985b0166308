package dev.sluice.management.page;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointProperties;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.info.BuildProperties;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletPath;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;

/** Puts the page into the application, whose files are in {@code static/}. */
@AutoConfiguration
@AutoConfigureOrder(Ordered.HIGHEST_PRECEDENCE)
@ConditionalOnWebApplication
class PageConfiguration {

    @Bean
    EventStreams eventStreams(ObjectProvider<Topic> topics) {
        return new EventStreams(topics.stream().toList());
    }

    @Bean
    PageController pageController(
            EventStreams streams,
            WebEndpointProperties endpoints,
            DispatcherServletPath servlet,
            ObjectProvider<BuildProperties> build,
            @Value("${spring.application.name}") String name) {
        String version =
                build.stream().findFirst().map(BuildProperties::getVersion).orElse("");
        return new PageController(streams, name, version, servlet.getPrefix() + endpoints.getBasePath());
    }
}
