package dev.sluice.sink.bean;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.MethodIntrospector.MetadataLookup;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.integration.aggregator.MethodInvokingMessageListProcessor;
import org.springframework.integration.annotation.ServiceActivator;
import org.springframework.integration.handler.MethodInvokingMessageProcessor;
import org.springframework.messaging.Message;

/**
 * The method of a bean that takes messages: the one with {@link ServiceActivator}, or the only public one. A parameter
 * that is a {@link Collection} gets all messages in one call.
 */
sealed interface BeanMethod {

    /** Takes a message a call. */
    record OfOne(String bean, MethodInvokingMessageProcessor<Object> method) implements BeanMethod {

        void call(Message<byte[]> message) {
            method.processMessage(message);
        }
    }

    /** Takes many messages a call. */
    record OfMany(String bean, MethodInvokingMessageListProcessor<Object> method) implements BeanMethod {

        void call(Collection<Message<?>> messages) {
            method.process(messages, Map.of());
        }
    }

    /** Returns the name of the bean. */
    String bean();

    /**
     * @throws IllegalArgumentException if the bean has no such method, or has several, or one that returns before it is
     *     done
     */
    static BeanMethod of(String name, BeanFactory beans) {
        Object bean = beans.getBean(name);
        Class<?> type = AopUtils.getTargetClass(bean);
        if (type.isHidden()) {
            throw new IllegalArgumentException(
                    "bean '" + name + "' is a lambda, and nobody can see what it takes. Make it a class with a method");
        }
        Method method = method(name, type);
        Class<?> result = method.getReturnType();
        if (Future.class.isAssignableFrom(result)
                || ReactiveAdapterRegistry.getSharedInstance().getAdapter(result) != null) {
            throw new IllegalArgumentException("method '" + method.getName() + "' of bean '" + name + "' returns a "
                    + result.getSimpleName()
                    + ". It confirms messages by returning, so it has to return once it is done");
        }
        Method invocable = AopUtils.selectInvocableMethod(method, bean.getClass());
        if (Arrays.stream(method.getParameterTypes()).anyMatch(Collection.class::isAssignableFrom)) {
            MethodInvokingMessageListProcessor<Object> many = new MethodInvokingMessageListProcessor<>(bean, invocable);
            many.setBeanFactory(beans);
            many.start();
            return new OfMany(name, many);
        }
        MethodInvokingMessageProcessor<Object> one = new MethodInvokingMessageProcessor<>(bean, invocable);
        one.setBeanFactory(beans);
        one.start();
        return new OfOne(name, one);
    }

    private static Method method(String name, Class<?> type) {
        Set<Method> candidates =
                select(type, method -> AnnotatedElementUtils.hasAnnotation(method, ServiceActivator.class));
        if (candidates.isEmpty()) {
            candidates = select(type, BeanMethod::isOrdinary);
        }
        List<String> names = candidates.stream().map(Method::getName).sorted().toList();
        return switch (names.size()) {
            case 0 ->
                throw new IllegalArgumentException("bean '" + name + "' has no public method that takes messages");
            case 1 -> candidates.iterator().next();
            default ->
                throw new IllegalArgumentException("bean '" + name + "' has several methods that could take messages: "
                        + names.stream().distinct().collect(Collectors.joining(", "))
                        + ". Put @ServiceActivator on one of them");
        };
    }

    private static Set<Method> select(Class<?> type, Predicate<Method> filter) {
        MetadataLookup<Boolean> lookup = method -> filter.test(method) ? true : null;
        return MethodIntrospector.selectMethods(type, lookup).keySet();
    }

    private static boolean isOrdinary(Method method) {
        return Modifier.isPublic(method.getModifiers())
                && !Modifier.isStatic(method.getModifiers())
                && method.getParameterCount() > 0
                && method.getDeclaringClass() != Object.class;
    }
}
