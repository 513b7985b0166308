package dev.sluice.sink;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CloudEventAttributesTests {

    @ParameterizedTest
    @CsvSource({
        "867, 867",
        "../é 世, ../é 世",
        "'a\0b\r\nc\u0085', a_b__c_",
        "'\ufdd0\uffff\ud83d\ude00', '__\ud83d\ude00'",
    })
    void theSubjectIsWhoTheDeviceIs(String identity, String subject) {
        assertThat(CloudEventAttributes.of(DeviceMessage.of(identity))).containsEntry("subject", subject);
    }

    @Test
    void halfACharacterIsNoText() {
        assertThat(CloudEventAttributes.of(DeviceMessage.of("a\ud83d"))).containsEntry("subject", "a_");
    }

    @Test
    void thereIsNoSubjectIfNobodyHasSaid() {
        assertThat(CloudEventAttributes.of(DeviceMessage.of(null))).doesNotContainKey("subject");
        assertThat(CloudEventAttributes.of(DeviceMessage.of(""))).doesNotContainKey("subject");
    }
}
