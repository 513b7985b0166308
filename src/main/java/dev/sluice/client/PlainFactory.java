package dev.sluice.client;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.IFactory;

/** Makes what picocli needs made: lists. Its own factory looks for Groovy first, in every jar within ours. */
public final class PlainFactory implements IFactory {

    @Override
    public <K> K create(Class<K> type) throws Exception {
        return type.equals(List.class)
                ? type.cast(new ArrayList<>())
                : type.getDeclaredConstructor().newInstance();
    }
}
