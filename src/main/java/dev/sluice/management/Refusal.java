package dev.sluice.management;

import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/**
 * Why a call did nothing.
 *
 * @param reason for the caller to read
 */
record Refusal(String reason) {

    static WebEndpointResponse<Object> badRequest(String reason) {
        return new WebEndpointResponse<>(new Refusal(reason), WebEndpointResponse.STATUS_BAD_REQUEST);
    }

    static WebEndpointResponse<Object> notFound(String reason) {
        return new WebEndpointResponse<>(new Refusal(reason), WebEndpointResponse.STATUS_NOT_FOUND);
    }
}
