package dev.sluice.management;

import java.util.Map;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.OperationType;
import org.springframework.boot.actuate.endpoint.invoke.OperationInvoker;
import org.springframework.boot.actuate.endpoint.invoke.OperationInvokerAdvisor;
import org.springframework.boot.actuate.endpoint.invoke.OperationParameters;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.util.MimeTypeUtils;

/** Answers a call that is {@link Refused} with the reason: in JSON, whatever it would have answered else. */
final class Refusals implements OperationInvokerAdvisor {

    @Override
    public OperationInvoker apply(
            EndpointId endpoint, OperationType type, OperationParameters parameters, OperationInvoker invoker) {
        return context -> {
            try {
                return invoker.invoke(context);
            } catch (Refused ex) {
                return new WebEndpointResponse<>(
                        body(String.valueOf(ex.getMessage())), ex.status().value(), MimeTypeUtils.APPLICATION_JSON);
            }
        };
    }

    /** Returns what whoever called for nothing is told. */
    static Map<String, String> body(String reason) {
        return Map.of("reason", reason);
    }
}
