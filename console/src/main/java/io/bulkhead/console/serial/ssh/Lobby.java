package io.bulkhead.console.serial.ssh;

import io.bulkhead.console.serial.ConsoleReport;
import io.bulkhead.console.text.Table;
import java.util.List;

/** What somebody is shown who named no console. Pure. */
final class Lobby {
    private static final String HELP = """
            ssh NAME@HOST                  attach to the console of NAME
            ssh -t HOST console NAME --view    only watch it
            ssh HOST list                  what there is; also: show, logs, top, events, host, help
            """;

    private Lobby() {}

    /** @param consoles that the caller may read */
    static String text(List<ConsoleReport> consoles) {
        if (consoles.isEmpty()) {
            return "there is no console that you may read\n\n" + HELP;
        }
        Table table = new Table("CONSOLE", "VIEWERS", "WRITER");
        consoles.forEach(each -> table.row(
                each.partition(),
                Integer.toString(each.viewers().size()),
                each.writer().orElse("-")));
        return table.render(false) + "\n" + HELP;
    }
}
