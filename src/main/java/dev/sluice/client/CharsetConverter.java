package dev.sluice.client;

import java.nio.charset.Charset;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** By any name that Java knows. */
final class CharsetConverter implements ITypeConverter<Charset> {

    @Override
    public Charset convert(String value) {
        try {
            return Charset.forName(value);
        } catch (IllegalArgumentException ex) {
            throw new TypeConversionException("'" + value + "' is not a charset as UTF-8, GBK or ISO-8859-1");
        }
    }
}
