package io.bulkhead.settings;

import io.bulkhead.contract.fault.NearestWord;
import java.util.List;
import java.util.Map;

/** Settings together with where each of them came from. Immutable. */
public final class LoadedSettings {
    private final Settings settings;
    private final Map<String, Explanation> explanations;

    LoadedSettings(Settings settings, Map<String, Explanation> explanations) {
        this.settings = settings;
        this.explanations = explanations;
    }

    public Settings settings() {
        return settings;
    }

    /**
     * What a key is set to, and why.
     *
     * @param path section and key, like {@code host.cpus}
     * @throws IllegalArgumentException with a text for the user if there is no such key
     */
    public Explanation explain(String path) {
        Explanation explanation = explanations.get(path);
        if (explanation == null) {
            throw new IllegalArgumentException("there is no setting '" + path + "'"
                    + NearestWord.hint(path, explanations.keySet()) + " (there are "
                    + String.join(", ", explanations.keySet()) + ")");
        }
        return explanation;
    }

    /** Every key, in the order of the file. */
    public List<Explanation> explainAll() {
        return List.copyOf(explanations.values());
    }
}
