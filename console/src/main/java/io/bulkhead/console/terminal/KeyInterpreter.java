package io.bulkhead.console.terminal;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds the keys that are meant for us among those for the partition: a tilde at the start of a line and one more key,
 * as in ssh(1) and cu(1). Pure; for one thread.
 *
 * <p>{@code ~.} leaves, {@code ~~} types one tilde, {@code ~?} shows the keys, {@code ~w} takes the typing over, {@code ~r}
 * asks for it, {@code ~g} grants and {@code ~n} declines what somebody else asks, {@code ~v} only views from now on, {@code ~#}
 * sends a break. A tilde before any other key is typed with it.
 *
 * <p>A second key can be set to do what the tilde does, but anywhere in a line.
 */
public final class KeyInterpreter {
    /** What a user's keys ask for. */
    public sealed interface Action {}

    /** Types bytes into the partition. */
    public record Type(byte[] bytes) implements Action {}

    /** Leaves. */
    public record Detach() implements Action {}

    /** Shows the keys. */
    public record Help() implements Action {}

    /** Takes the typing over. */
    public record TakeOver() implements Action {}

    /** Asks for the typing. */
    public record Request() implements Action {}

    /** Hands the typing to whoever asked for it. */
    public record Grant() implements Action {}

    /** Keeps the typing. */
    public record Decline() implements Action {}

    /** Gives the typing back and goes on viewing. */
    public record ViewOnly() implements Action {}

    /** Sends a break. */
    public record Break() implements Action {}

    private final Optional<Byte> anywhere;
    private boolean lineStart = true;

    /** The key that began a command of ours, until the next one comes. */
    private Optional<Byte> begun = Optional.empty();

    public KeyInterpreter() {
        this(Optional.empty());
    }

    /** @param anywhere the code of the key beside the tilde that begins our commands, anywhere in a line */
    public KeyInterpreter(Optional<Integer> anywhere) {
        this.anywhere = anywhere.map(Integer::byteValue);
    }

    /** The actions that the next keys ask for, in order. */
    public List<Action> feed(byte[] keys) {
        List<Action> actions = new ArrayList<>();
        ByteArrayOutputStream typed = new ByteArrayOutputStream();
        for (byte key : keys) {
            if (begun.isPresent()) {
                byte first = begun.get();
                begun = Optional.empty();
                after(first, key, typed, actions);
            } else if ((lineStart && key == '~') || anywhere.equals(Optional.of(key))) {
                begun = Optional.of(key);
            } else {
                type(key, typed);
            }
        }
        flush(typed, actions);
        return actions;
    }

    private void after(byte first, byte key, ByteArrayOutputStream typed, List<Action> actions) {
        if (key == first) {
            type(key, typed);
            return;
        }
        switch (key) {
            case '.' -> own(new Detach(), typed, actions);
            case '?' -> own(new Help(), typed, actions);
            case 'w' -> own(new TakeOver(), typed, actions);
            case 'r' -> own(new Request(), typed, actions);
            case 'g' -> own(new Grant(), typed, actions);
            case 'n' -> own(new Decline(), typed, actions);
            case 'v' -> own(new ViewOnly(), typed, actions);
            case '#' -> own(new Break(), typed, actions);
            default -> {
                type(first, typed);
                type(key, typed);
            }
        }
    }

    private void own(Action action, ByteArrayOutputStream typed, List<Action> actions) {
        flush(typed, actions);
        actions.add(action);
    }

    private void type(byte key, ByteArrayOutputStream typed) {
        typed.write(key);
        lineStart = key == '\r' || key == '\n' || key == 3 || key == 4;
    }

    private static void flush(ByteArrayOutputStream typed, List<Action> actions) {
        if (typed.size() > 0) {
            actions.add(new Type(typed.toByteArray()));
            typed.reset();
        }
    }
}
