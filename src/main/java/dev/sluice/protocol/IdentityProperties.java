package dev.sluice.protocol;

import dev.sluice.check.Check;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Who a listener's devices are.
 *
 * @param required whether nobody is served who has not said who he is
 */
public record IdentityProperties(@DefaultValue("false") boolean required) {

    /** Says what is wrong with it. */
    public void check(Check check) {}
}
