package io.bulkhead.console.terminal;

import io.bulkhead.console.protocol.ServerMessage;
import io.bulkhead.console.protocol.ServerMessage.Role;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What a viewer's terminal is told beside the output, in words; each transport that ends in a terminal shows them between
 * brackets on lines of their own. Pure.
 */
public final class Notices {
    /** The keys, for {@code ~?}. */
    public static final String KEYS =
            "keys at the start of a line: ~. leave, ~w take the typing over, ~r ask for it, ~g grant"
                    + " or ~n decline what is asked, ~v only view, ~# break, ~~ a tilde, ~? this";

    private Notices() {}

    /** How it began. */
    public static String opened(String name, Role role, Optional<String> writer, boolean interactive) {
        String keys = interactive ? "; ~. at the start of a line leaves, ~? shows the keys" : "";
        return switch (role.kind()) {
            case WRITES -> "typing to " + name + keys;
            case WAITS ->
                "watching " + name + "; "
                        + writer.map(Notices::harmless).orElse("whoever typed before") + " types, "
                        + (role.place() == 1 ? "you are next" : "you are number " + role.place() + " who waits") + keys;
            case VIEWS -> "watching " + name + keys;
        };
    }

    /** What a message tells, if it tells something. */
    public static Optional<String> of(ServerMessage message) {
        if (message instanceof ServerMessage.Gap gap) {
            return Optional.of(gap(gap));
        } else if (message instanceof ServerMessage.WriterChanged changed) {
            return Optional.of(changed(changed));
        } else if (message instanceof ServerMessage.Asked asked) {
            return Optional.of(harmless(asked.viewer()) + " asks for the typing: ~g grants it, ~n declines ("
                    + asked.seconds() + " s)");
        } else if (message instanceof ServerMessage.Answered answered) {
            return answered(answered);
        } else if (message instanceof ServerMessage.Mark mark) {
            return mark(mark);
        } else if (message instanceof ServerMessage.Refused refused) {
            String remedy = refused.remedy().isEmpty() ? "" : "; " + refused.remedy();
            return Optional.of(harmless(refused.detail() + remedy));
        }
        return Optional.empty();
    }

    private static String gap(ServerMessage.Gap gap) {
        String why =
                switch (gap.cause()) {
                    case SLOW -> "you were too slow for them";
                    case OLD -> "nobody has them any more";
                    case LOST -> "they never came";
                };
        return "... " + (gap.to() - gap.from()) + " bytes of output are lost here: " + why + " ...";
    }

    private static String changed(ServerMessage.WriterChanged changed) {
        String reason = changed.reason().isEmpty() ? "" : " (" + harmless(changed.reason()) + ")";
        return switch (changed.role().kind()) {
            case WRITES -> "you type now" + reason;
            case WAITS ->
                changed.writer().map(who -> harmless(who) + " types now").orElse("nobody types") + reason
                        + "; you are watching, number " + changed.role().place() + " of those who wait";
            case VIEWS ->
                changed.writer().map(who -> harmless(who) + " types now").orElse("nobody types now") + reason
                        + "; you are watching";
        };
    }

    private static Optional<String> answered(ServerMessage.Answered answered) {
        String who = harmless(answered.viewer());
        return switch (answered.answer()) {
            case GRANTED, WITHDRAWN -> Optional.empty();
            case DECLINED -> Optional.of("what " + who + " asked was declined; it waits");
            case TIMED_OUT -> Optional.of("nobody answered what " + who + " asked; it waits");
        };
    }

    /** Comings and goings of other viewers, and sizes, would only disturb the screen. */
    private static Optional<String> mark(ServerMessage.Mark mark) {
        return switch (mark.kind()) {
            case ATTACHED, DETACHED, RESIZED -> Optional.empty();
            case BREAK, RESTARTED, RUN -> Optional.of(harmless(mark.detail()));
        };
    }

    /** Names and reasons are other people's words. */
    private static String harmless(String text) {
        return new String(new HarmlessText().pass(text.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8)
                .strip();
    }
}
