package dev.sluice.management;

import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/**
 * Why a call did nothing.
 *
 * @param reason for the caller to read
 */
record Refusal(String reason) {

    private static final int CONFLICT = 409;

    static WebEndpointResponse<Object> badRequest(String reason) {
        return new WebEndpointResponse<>(new Refusal(reason), WebEndpointResponse.STATUS_BAD_REQUEST);
    }

    static WebEndpointResponse<Object> notFound(String reason) {
        return new WebEndpointResponse<>(new Refusal(reason), WebEndpointResponse.STATUS_NOT_FOUND);
    }

    static WebEndpointResponse<Object> conflict(String reason) {
        return new WebEndpointResponse<>(new Refusal(reason), CONFLICT);
    }

    static WebEndpointResponse<Object> unavailable(String reason) {
        return new WebEndpointResponse<>(new Refusal(reason), WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE);
    }
}
