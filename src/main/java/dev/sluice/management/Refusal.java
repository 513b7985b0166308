package dev.sluice.management;

import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.util.MimeTypeUtils;

/**
 * Why a call did nothing.
 *
 * @param reason for the caller to read
 */
record Refusal(String reason) {

    private static final int CONFLICT = 409;
    private static final int GATEWAY_TIMEOUT = 504;

    static WebEndpointResponse<Object> badRequest(String reason) {
        return answer(reason, WebEndpointResponse.STATUS_BAD_REQUEST);
    }

    static WebEndpointResponse<Object> notFound(String reason) {
        return answer(reason, WebEndpointResponse.STATUS_NOT_FOUND);
    }

    static WebEndpointResponse<Object> conflict(String reason) {
        return answer(reason, CONFLICT);
    }

    static WebEndpointResponse<Object> timeout(String reason) {
        return answer(reason, GATEWAY_TIMEOUT);
    }

    static WebEndpointResponse<Object> unavailable(String reason) {
        return answer(reason, WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE);
    }

    static WebEndpointResponse<Object> of(Refused refused) {
        return answer(String.valueOf(refused.getMessage()), refused.status());
    }

    /** In JSON, also where the call would have answered something else. */
    private static WebEndpointResponse<Object> answer(String reason, int status) {
        return new WebEndpointResponse<>(new Refusal(reason), status, MimeTypeUtils.APPLICATION_JSON);
    }
}
