package dev.sluice.management;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.InvocationContext;
import org.springframework.boot.actuate.endpoint.OperationArgumentResolver;
import org.springframework.boot.actuate.endpoint.OperationType;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.invoke.OperationInvoker;
import org.springframework.boot.actuate.endpoint.invoke.OperationInvokerAdvisor;
import org.springframework.boot.actuate.endpoint.invoke.OperationParameters;

/**
 * Has {@code dead-letters} of a call's JSON reach the parameter {@code deadLetters}, since words are written so in our
 * YAML, too.
 */
final class KebabCaseArguments implements OperationInvokerAdvisor {

    private static final Pattern HYPHEN = Pattern.compile("-([a-z])");

    @Override
    public OperationInvoker apply(
            EndpointId endpoint, OperationType type, OperationParameters parameters, OperationInvoker invoker) {
        return type == OperationType.WRITE ? context -> invoker.invoke(renamed(context)) : invoker;
    }

    private static InvocationContext renamed(InvocationContext context) {
        Map<String, Object> arguments = new HashMap<>();
        context.getArguments()
                .forEach((name, argument) -> arguments.put(
                        HYPHEN.matcher(name)
                                .replaceAll(hyphen -> hyphen.group(1).toUpperCase(Locale.ROOT)),
                        argument));
        SecurityContext security = context.resolveArgument(SecurityContext.class);
        return new InvocationContext(
                security == null ? SecurityContext.NONE : security, arguments, new OperationArgumentResolver() {
                    @Override
                    public boolean canResolve(Class<?> type) {
                        return context.canResolve(type);
                    }

                    @Override
                    public <T> @Nullable T resolve(Class<T> type) {
                        return context.resolveArgument(type);
                    }
                });
    }
}
