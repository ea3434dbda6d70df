package io.bulkhead.broker.definition;

import io.bulkhead.contract.fault.Fault;
import io.bulkhead.contract.fault.Place;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.configuration2.YAMLConfiguration;
import org.apache.commons.configuration2.convert.DisabledListDelimiterHandler;
import org.apache.commons.configuration2.ex.ConfigurationException;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.CollectionEndEvent;
import org.yaml.snakeyaml.events.CollectionStartEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeId;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.reader.ReaderException;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * The YAML reader of Commons Configuration, made strict and exact. The stock one loses silently: aliases to blocks
 * (CONFIGURATION-859), empty lists and blocks, all but the last of repeated keys, and the text of what YAML 1.1 takes
 * for a number ({@code 12:30} becomes 750), so it gets the composed nodes from here instead of objects: every value as
 * the text that was written, only the first of repeated keys, nothing aliased. What was left out is a fault; what a
 * list or block looks like, and where, is in {@link #root}.
 */
final class StrictYaml extends YAMLConfiguration {
    /** Deeper nesting than any definition has. */
    private static final int DEEPEST = 16;

    /** A text larger than this is not a definition. */
    static final int MOST_CHARACTERS = 1 << 20;

    private static final String NO_ALIASES = "anchors and aliases (& and *) are not allowed; write the values out";

    private final String source;
    private final List<Fault> faults = new ArrayList<>();
    private final Resolver resolver = new Resolver();
    private Optional<Built> built = Optional.empty();

    /**
     * Prepares to read one text.
     *
     * @param source what places are called by
     */
    StrictYaml(String source) {
        this.source = source;
        setListDelimiterHandler(DisabledListDelimiterHandler.INSTANCE);
        setInterpolator(null);
        setThrowExceptionOnMissing(true);
    }

    /** What is wrong with the form of the text. */
    List<Fault> faults() {
        return List.copyOf(faults);
    }

    /** The form of the document; empty if there is none or it cannot be read at all. */
    Optional<Shape> root() {
        return built.map(Built::shape);
    }

    /** The document in both views, if it is a block of keys. */
    @SuppressWarnings("unchecked") // buildMapping gives a map of texts wherever the form is a mapping
    Optional<Block> document() {
        return built.filter(document -> document.shape() instanceof Shape.Mapping)
                .map(document -> new Block((Map<String, Object>) document.value(), (Shape.Mapping) document.shape()));
    }

    /** Hands out these values from now on: texts, lists and maps of them, as {@link #document} gave them. */
    void hold(Map<String, Object> values) {
        load(values);
    }

    @Override
    public void read(Reader in) throws ConfigurationException {
        StringWriter text = new StringWriter();
        try {
            in.transferTo(text);
        } catch (IOException e) {
            throw new ConfigurationException(e);
        }
        read(text.toString());
    }

    @Override
    public void read(InputStream in) throws ConfigurationException {
        read(new InputStreamReader(in, StandardCharsets.UTF_8));
    }

    /** Reads by the strict rules; the options are not asked. */
    @Override
    public void read(Reader in, LoaderOptions options) throws ConfigurationException {
        read(in);
    }

    /** Reads by the strict rules; the options are not asked. */
    @Override
    public void read(InputStream in, LoaderOptions options) throws ConfigurationException {
        read(in);
    }

    /** Reads a text; what is wrong with it is in {@link #faults}. */
    void read(String text) {
        Yaml yaml = new Yaml(new SafeConstructor(strict()));
        try {
            Node node = yaml.compose(new StringReader(text));
            if (node == null) {
                fault(Place.of(source), "", "is empty");
                return;
            }
            Built document = build(node, "");
            built = Optional.of(document);
            if (document.value() instanceof Map<?, ?> map) {
                load(texts(map));
            }
        } catch (MarkedYAMLException e) {
            fault(e.getProblemMark() == null ? Place.of(source) : place(e.getProblemMark()), "", reason(e));
        } catch (ReaderException e) {
            fault(
                    placeOf(text, e.getPosition()),
                    "",
                    String.format("holds the character U+%04X, which YAML does not allow", e.getCodePoint()));
        } catch (YAMLException e) {
            explain(e, text);
        }
    }

    /** SnakeYAML does not say where an alias or too deep a nesting was: reads the events once more to find out. */
    private void explain(YAMLException e, String text) {
        Optional<Fault> found;
        try {
            found = aliasOrDepth(text);
        } catch (YAMLException broken) {
            // What comes before either of them is wrong in another way.
            found = Optional.empty();
        }
        faults.add(found.orElseGet(() -> new Fault(Place.of(source), "", "is not YAML: " + e.getMessage())));
    }

    private Optional<Fault> aliasOrDepth(String text) {
        int depth = 0;
        for (Event event : new Yaml(new SafeConstructor(new LoaderOptions())).parse(new StringReader(text))) {
            if (event instanceof AliasEvent) {
                return Optional.of(new Fault(place(event.getStartMark()), "", NO_ALIASES));
            }
            depth += event instanceof CollectionStartEvent ? 1 : event instanceof CollectionEndEvent ? -1 : 0;
            if (depth > DEEPEST) {
                return Optional.of(
                        new Fault(place(event.getStartMark()), "", "is nested deeper than " + DEEPEST + " levels"));
            }
        }
        return Optional.empty();
    }

    private Place placeOf(String text, int codePoint) {
        int end = text.offsetByCodePoints(0, Math.min(codePoint, text.codePointCount(0, text.length())));
        String before = text.substring(0, end);
        int line = (int) before.chars().filter(c -> c == '\n').count();
        String ofLine = before.substring(before.lastIndexOf('\n') + 1);
        return Place.of(source, line + 1, ofLine.codePointCount(0, ofLine.length()) + 1);
    }

    private static LoaderOptions strict() {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        options.setMaxAliasesForCollections(0);
        options.setNestingDepthLimit(DEEPEST);
        options.setCodePointLimit(MOST_CHARACTERS);
        return options;
    }

    private static String reason(MarkedYAMLException e) {
        if (String.valueOf(e.getProblem()).contains("another document")) {
            return "holds a second document; a file is one, without --- in between";
        }
        if (String.valueOf(e.getProblem()).contains("(TAB)")) {
            return "has a tab where only blanks may stand";
        }
        String context = e.getContext() == null ? "" : e.getContext() + ": ";
        return "is not YAML: " + context + e.getProblem();
    }

    /** The two views of one node: what Commons Configuration gets, and its form. */
    private record Built(Object value, Shape shape) {}

    private Built build(Node node, String path) {
        Place place = place(node.getStartMark());
        if (node.getAnchor() != null) {
            fault(place, path, NO_ALIASES);
        }
        if (node instanceof MappingNode mapping) {
            checkTag(node, Tag.MAP, place, path);
            return buildMapping(mapping, place, path);
        }
        if (node instanceof SequenceNode sequence) {
            checkTag(node, Tag.SEQ, place, path);
            List<Object> values = new ArrayList<>();
            List<Shape> items = new ArrayList<>();
            for (Node item : sequence.getValue()) {
                Built built = build(item, path);
                values.add(built.value());
                items.add(built.shape());
            }
            return new Built(values, new Shape.Sequence(place, List.copyOf(items)));
        }
        ScalarNode scalar = (ScalarNode) node;
        Tag implicit = resolver.resolve(NodeId.scalar, scalar.getValue(), scalar.isPlain());
        checkTag(node, implicit, place, path);
        return new Built(scalar.getValue(), new Shape.Scalar(place, !scalar.isPlain(), foreign(implicit)));
    }

    private Built buildMapping(MappingNode mapping, Place place, String path) {
        Map<String, Object> values = new LinkedHashMap<>();
        Map<String, Shape.Member> members = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            Place keyPlace = place(tuple.getKeyNode().getStartMark());
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                fault(keyPlace, path, "a key is one word, not a list or a block");
                continue;
            }
            String name = key.getValue();
            String keyPath = path.isEmpty() ? name : path + "." + name;
            Optional<String> foreignKey = checkKey(key, keyPlace, keyPath);
            Built built = build(tuple.getValueNode(), keyPath);
            Shape.Member first = members.get(name);
            if (first != null) {
                fault(
                        keyPlace,
                        keyPath,
                        "stands twice, first in line " + first.keyPlace().line().orElseThrow());
            } else {
                members.put(name, new Shape.Member(keyPlace, foreignKey, built.shape()));
                values.put(name, built.value());
            }
        }
        return new Built(values, new Shape.Mapping(place, members));
    }

    private Optional<String> checkKey(ScalarNode key, Place place, String path) {
        Tag implicit = resolver.resolve(NodeId.scalar, key.getValue(), key.isPlain());
        checkTag(key, implicit, place, path);
        if (key.getAnchor() != null) {
            fault(place, path, NO_ALIASES);
        } else if (implicit.equals(Tag.MERGE)) {
            fault(place, path, "merge keys (<<) are not allowed; write the values out");
        }
        return foreign(implicit);
    }

    private void checkTag(Node node, Tag implicit, Place place, String path) {
        if (!node.getTag().equals(implicit)) {
            fault(place, path, "tags (!) are not allowed: " + node.getTag().getValue());
        }
    }

    private static Optional<String> foreign(Tag implicit) {
        if (implicit.equals(Tag.STR)) {
            return Optional.empty();
        } else if (implicit.equals(Tag.INT) || implicit.equals(Tag.FLOAT)) {
            return Optional.of("a number");
        } else if (implicit.equals(Tag.BOOL)) {
            return Optional.of("true or false");
        } else if (implicit.equals(Tag.TIMESTAMP)) {
            return Optional.of("a date");
        }
        return Optional.of(implicit.equals(Tag.NULL) ? Shape.NOTHING : "a special word");
    }

    private static Map<String, Object> texts(Map<?, ?> map) {
        Map<String, Object> texts = new LinkedHashMap<>();
        map.forEach((key, value) -> texts.put(String.valueOf(key), value));
        return texts;
    }

    private Place place(Mark mark) {
        return Place.of(source, mark.getLine() + 1, mark.getColumn() + 1);
    }

    private void fault(Place place, String key, String problem) {
        faults.add(new Fault(place, key, problem));
    }
}
