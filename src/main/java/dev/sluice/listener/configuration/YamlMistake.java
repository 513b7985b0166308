package dev.sluice.listener.configuration;

import java.nio.charset.CharacterCodingException;
import java.util.List;
import org.springframework.core.io.Resource;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * What a YAML parser complains about, in the words of somebody who edits a file.
 *
 * @param line from 1; 0 if it is not known
 */
record YamlMistake(int line, String message) {

    static YamlMistake of(YAMLException failure) {
        if (failure instanceof MarkedYAMLException marked) {
            // Its whole message would quote the line, secrets and all.
            return of(marked, marked.getProblem() != null ? marked.getProblem() : "");
        }
        if (failure.getCause() instanceof CharacterCodingException) {
            return new YamlMistake(0, "is not written in UTF-8");
        }
        return new YamlMistake(
                0, "is not YAML: " + String.valueOf(failure.getMessage()).replaceAll("\\s+", " "));
    }

    private static YamlMistake of(MarkedYAMLException failure, String problem) {
        String context = String.valueOf(failure.getContext());
        Mark here = failure.getProblemMark();
        Mark begin = failure.getContextMark() != null ? failure.getContextMark() : here;
        if (problem.contains("\\t(TAB)")) {
            return at(here, "there is a tab. Indent with spaces");
        }
        if (problem.contains("mapping values are not allowed")) {
            return at(
                    here,
                    "there is a ':' where no key can be. Align the key with its neighbours, end the line above with"
                            + " ':', or put the value in quotes");
        }
        if (problem.contains("could not find expected ':'")) {
            return at(begin, "a key has no ':' after it");
        }
        if (problem.contains("expected <block end>")) {
            return at(here, "the indentation fits no line above. Keys of one section begin in one column");
        }
        if (problem.contains("end of stream") && context.contains("quoted")) {
            return at(begin, "a quote is opened here and never closed");
        }
        if (problem.contains("expected ',' or")) {
            return at(begin, "a bracket is opened here and not closed");
        }
        if (problem.contains("cannot start any token")) {
            return at(here, "a value cannot begin like this. Put it in quotes");
        }
        if (context.contains("a tag") || problem.contains("the tag") || problem.contains("tag is not allowed")) {
            return at(here, "a value cannot begin with '!'. Put it in quotes");
        }
        if (problem.contains("undefined alias") || context.contains("alias") || context.contains("anchor")) {
            return at(here, "a value cannot begin with '*' or '&'. Put it in quotes");
        }
        return at(here, problem.isEmpty() ? "is not YAML" : "is not YAML: " + problem.replaceAll("\\s+", " "));
    }

    ConfigurationException in(Resource file) {
        return new ConfigurationException(
                List.of(new Problem(Place.of(file) + (line > 0 ? ":" + line : ""), message, null)));
    }

    private static YamlMistake at(Mark mark, String message) {
        return new YamlMistake(mark != null ? mark.getLine() + 1 : 0, message);
    }
}
